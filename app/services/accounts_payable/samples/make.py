"""Writes the sample files: `python -m app.services.accounts_payable.samples.make`."""

import re
import sys
from pathlib import Path

from app.services.accounts_payable.samples import FOLDER, contents
from app.services.accounts_payable.samples.write_cii import write_cii
from app.services.accounts_payable.samples.write_pdf import write_pdf
from app.services.accounts_payable.samples.write_ubl import write_ubl


def files() -> dict[str, bytes]:
    """Every sample file by name. The same bytes each time, but for what pypdf writes into a PDF."""
    return {**_good(), **_faulty()}


def _good() -> dict[str, bytes]:
    boxes, tyres = contents.BOXES, contents.TYRE_SET
    return {
        "logistics-diesel.xml": write_ubl(contents.DIESEL),
        "logistics-tyres.pdf": write_pdf(tyres, xml=write_cii(tyres), xml_name="factur-x.xml"),
        "logistics-freight.xml": write_cii(contents.FREIGHT),
        "bakery-flour.xml": write_ubl(contents.FLOUR),
        "bakery-boxes.pdf": write_pdf(boxes, xml=write_cii(boxes), xml_name="xrechnung.xml"),
        "bakery-flour-credit-note.xml": write_ubl(contents.FLOUR_CREDIT),
        "practice-gloves.xml": write_ubl(contents.GLOVES),
        "practice-software.xml": write_cii(contents.LICENCE),
        "shop-cloth-from-italy.xml": write_cii(contents.CLOTH),
        "shop-flyers.xml": write_ubl(contents.FLYERS),
    }


def _faulty() -> dict[str, bytes]:
    flyers = write_ubl(contents.FLYERS)
    # the same invoice in other bytes: only its content can tell the duplicate
    again = re.sub(rb">\s+<", b"><", write_ubl(contents.FLOUR))
    return {
        "shop-flyers-cent-too-much.xml": write_ubl(contents.CENT_TOO_MUCH),
        "shop-flyers-truncated.xml": flyers[: len(flyers) * 2 // 3],
        "shop-flyers-other-addressee.xml": write_ubl(contents.OTHER_ADDRESSEE),
        "practice-gloves-wrong-iban.xml": write_ubl(contents.WRONG_IBAN),
        "practice-gloves-paper.pdf": write_pdf(contents.GLOVES),
        "logistics-diesel-wrong-vat-id.xml": write_ubl(contents.WRONG_VAT_ID),
        "bakery-flour-again.xml": again,
    }


def main(folder: Path) -> None:
    """Write all files into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files().items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
