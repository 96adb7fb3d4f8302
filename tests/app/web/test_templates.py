"""What the strict policy and the sprite of icons demand of every template."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TEMPLATES = sorted(ROOT.glob("app/**/templates/**/*.html"))
SPRITE = (ROOT / "app/web/static/vendor/icons.svg").read_text("utf-8")
TAG = re.compile(
    r"<[a-z][a-z0-9-]*\b(?:\{\{.*?\}\}|\{%.*?%\}|\"[^\"]*\"|'[^']*'|[^>\"'{])*>", re.DOTALL
)


def tags(template: Path) -> list[str]:
    text = re.sub(r"\{#.*?#\}", "", template.read_text("utf-8"), flags=re.DOTALL)
    return TAG.findall(text)


def name(template: Path) -> str:
    return str(template.relative_to(ROOT))


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_the_policy_is_kept(template: Path):
    for tag in tags(template):
        assert not re.search(r"\sstyle=", tag), tag
        assert not re.search(r"\son[a-z]+=", tag), tag
        assert not re.search(r"\s(?:data-)?hx-on", tag), tag
        assert not re.search(r"hx-(?:vals|headers|confirm)=.(?:js|javascript):", tag), tag
        assert not re.search(r"hx-trigger=\"[^\"{]*\[", tag), tag
        assert "hx-nonce:" not in tag, tag
        if tag.startswith("<script"):
            assert "nonce=" in tag, tag
        assert not tag.startswith("<style"), tag


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_htmx_elements_carry_the_nonce(template: Path):
    for tag in tags(template):
        if re.search(r"\shx-(?!nonce|swap-oob)[a-z]", tag):
            assert "hx-nonce=" in tag, tag


def test_icons_named_in_python_are_in_the_sprite():
    sources = [*ROOT.glob("app/desk/*.py"), *ROOT.glob("app/portal/*.py")]
    named = {
        icon
        for source in sources
        for icon in re.findall(r"icon=\"([a-z0-9-]+)\"", source.read_text("utf-8"))
    }
    assert {icon for icon in named if f'id="{icon}"' not in SPRITE} == set()


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_icons_are_in_the_sprite(template: Path):
    text = template.read_text("utf-8")
    for icon in re.findall(r"\bicon\(\"([a-z0-9-]+)\"", text):
        assert f'id="{icon}"' in SPRITE, (
            f"add {icon} to devtools/vendor/icons.txt, then make vendor"
        )


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_attributes_do_not_grow_together(template: Path):
    # trim_blocks and lstrip_blocks remove the line break and the indent around a block tag.
    for tag in tags(template):
        assert not re.search(r"^\s*\{%[^%]*%\}[a-z]", tag, re.MULTILINE), tag
