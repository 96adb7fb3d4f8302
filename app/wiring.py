"""What Kontor is made of. The only file that knows every part."""

from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules

from flask import Blueprint, Flask

from app import services
from app.catalogue.service import offer
from app.catalogue.service import services as offered

MODELS = (
    "tenants.models",
    "app.identity.models",
    "app.audit.models",
    "app.audit.access_models",
    "app.jobs.models",
    "app.sla.models",
    "app.sla.notice_models",
    "app.sla.outcome_models",
    "app.sla.what_if_models",
    "app.clients.models",
    "app.clients.identifier_models",
    "app.staffing.models",
    "app.staffing.wall_models",
    "app.staffing.cost_models",
    "app.documents.models",
    "app.documents.mark_models",
    "app.catalogue.official_models",
    "app.messages.mail_models",
    "app.messages.models",
    "app.messages.text_models",
    "app.messages.notice_models",
    "app.messages.incoming_models",
    "app.books.models",
    "app.search.models",
    "app.work.models",
    "app.work.document_models",
    "app.work.recurring_models",
    "app.work.approval_models",
    "app.work.time_models",
    "app.work.blind_models",
    "app.work.together_models",
    "app.work.deed_models",
    "app.work.view_models",
    "app.work.request_models",
    "app.quality.models",
    "app.billing.models",
    "app.billing.contract_models",
    "app.billing.party_models",
    "app.billing.invoice_models",
    "app.billing.credit_models",
    "app.webhooks.models",
    "app.collecting.models",
    "app.collecting.export_models",
)
"""Every table: what migrations and the head script of a client are made from."""

SUBSCRIBERS = (
    "app.quality.subscribers",
    "app.billing.subscribers",
    "app.work.subscribers",
    "app.webhooks.subscribers",
    "app.collecting.subscribers",
)
TASKS = (
    "app.billing.tasks",
    "app.jobs.housekeeping",
    "app.documents.tasks",
    "app.staffing.tasks",
    "app.sla.tasks",
    "app.sla.what_if_tasks",
    "app.work.tasks",
    "app.messages.tasks",
    "app.webhooks.tasks",
    "app.collecting.tasks",
)
BLUEPRINTS = (
    "app.web.health",
    "app.web.sign_in",
    "app.web.sign_in_links",
    "app.web.account",
    "app.web.account_second_factor",
    "app.web.home",
    "app.desk.work",
    "app.desk.items",
    "app.desk.asked_documents",
    "app.desk.together",
    "app.desk.bulk",
    "app.desk.document_requests",
    "app.desk.saved_views",
    "app.desk.recurring",
    "app.desk.search",
    "app.desk.mails",
    "app.desk.times",
    "app.desk.quality",
    "app.desk.mail_in",
    "app.desk.jobs",
    "app.desk.job_deeds",
    "app.desk.job_groups",
    "app.desk.job_schedules",
    "app.desk.job_refusals",
    "app.desk.people",
    "app.desk.abilities",
    "app.desk.load",
    "app.desk.handing",
    "app.desk.clients",
    "app.desk.identifiers",
    "app.desk.checking",
    "app.desk.second_entries",
    "app.desk.reply_texts",
    "app.desk.catalogue",
    "app.desk.official_files",
    "app.desk.client_opening",
    "app.desk.orders",
    "app.desk.usage",
    "app.desk.ledger_entries",
    "app.desk.noted_payments",
    "app.desk.stripe",
    "app.desk.invoices",
    "app.desk.terms",
    "app.desk.seller",
    "app.desk.margins",
    "app.desk.margin_costs",
    "app.desk.datev",
    "app.desk.credits",
    "app.desk.sla_radar",
    "app.desk.absences",
    "app.desk.contracts",
    "app.desk.sla_notices",
    "app.desk.sla_calendars",
    "app.desk.sla_imports",
    "app.desk.sla_templates",
    "app.desk.sla_policies",
    "app.desk.sla_items",
    "app.desk.promises",
    "app.desk.what_if",
    "app.portal.home",
    "app.portal.order",
    "app.portal.requests",
    "app.portal.promises",
    "app.portal.documents",
    "app.portal.invoices",
    "app.portal.asked_documents",
    "app.portal.recurring",
    "app.portal.approvals",
    "app.portal.search",
    "app.portal.audit",
    "app.portal.payment",
    "app.portal.access",
    "app.portal.settings",
    "app.portal.team",
    "app.portal.tokens",
    "app.portal.webhooks",
    "app.hooks.stripe_events",
)
DEVELOPMENT_BLUEPRINTS = ("app.web.dev_outbox", "app.web.dev_components")
DEVELOPMENT_TASKS = ("app.jobs.demonstration",)
WEB_PARTS = (
    "app.web.logging",
    "app.web.i18n",
    "app.web.security",
    "app.web.assets",
    "app.web.formats",
    "app.web.marks",
    "app.web.promise_texts",
    "app.web.payment_texts",
    "app.web.billing_texts",
    "app.web.htmx",
    "app.web.tenancy",
    "app.web.session",
    "app.api.door",
    "app.web.rate_limits",
    "app.web.errors",
    "app.web.pieces",
    "app.desk.serving",
    "app.desk.door",
)
"""Each has `init_app(app)`; the order is the order of a request's first steps."""


for _module in MODELS:
    import_module(_module)


def load_parts() -> None:
    """Services, subscribers and tasks: what worker and web both need."""
    for folder in iter_modules(services.__path__, f"{services.__name__}."):
        offer(import_module(f"{folder.name}.manifest").SERVICE)
    for entry in entry_points(group="kontor.services"):
        offer(entry.load())
    for module in (*SUBSCRIBERS, *TASKS):
        import_module(module)


def wire(app: Flask) -> None:
    """Give the application every part."""
    load_parts()
    for module in WEB_PARTS:
        import_module(module).init_app(app)
    modules = [*BLUEPRINTS]
    if not app.config["SETTINGS"].is_production:
        modules += DEVELOPMENT_BLUEPRINTS
        for module in DEVELOPMENT_TASKS:
            import_module(module)
    modules += [name for service in offered() for name in service.blueprints]
    for module in modules:
        blueprint: Blueprint = import_module(module).blueprint
        app.register_blueprint(blueprint)
    import_module("app.api.api").init_app(app)
    import_module("app.web.tenancy").enter_after_sign_in(app)
    import_module("app.web.sight").init_app(app)
    import_module("app.web.medical").init_app(app)
    import_module("app.desk.looking").init_app(app)
