"""Every permission by name (resource:verb), and the roles that carry them."""

from enum import StrEnum


class Permission(StrEnum):
    """What an action may ask for. Routes name one, actions check it again."""

    WORK_READ = "work:read"
    WORK_ORDER = "work:order"
    """Order work, upload documents, answer questions."""
    WORK_PERFORM = "work:perform"
    """Take, correct, tick, ask, hand to review."""
    WORK_REVIEW = "work:review"
    """Approve or reject as the second person."""
    WORK_ASSIGN = "work:assign"
    WORK_CANCEL = "work:cancel"
    WORK_ACCEPT = "work:accept"
    """Accept delivered work or complain about it, for the client."""
    DOCUMENT_READ = "document:read"
    DOCUMENT_WRITE = "document:write"
    MESSAGE_WRITE = "message:write"
    NOTE_WRITE = "note:write"
    """Internal notes: never shown to the client."""
    CLIENT_READ = "client:read"
    CLIENT_MANAGE = "client:manage"
    PEOPLE_READ = "people:read"
    PEOPLE_MANAGE = "people:manage"
    """Invite, change roles, remove: of one's own side."""
    TOKEN_MANAGE = "token:manage"  # noqa: S105  a permission's name
    WEBHOOK_MANAGE = "webhook:manage"
    """Name the programs of one's own company that are told what happens."""
    JOB_READ = "job:read"
    JOB_MANAGE = "job:manage"
    USAGE_READ = "usage:read"
    INVOICE_READ = "invoice:read"
    """Contracts' prices, runs, invoices and payments: of one's own company, or of all clients."""
    INVOICE_MANAGE = "invoice:manage"
    """Agree on prices, start runs, issue, correct; hand credits on."""
    INVOICE_APPROVE = "invoice:approve"
    """Approve what somebody else has drafted."""
    MARGIN_READ = "margin:read"
    """What work costs the provider, and what it earns: never for a client."""
    PAYMENT_RECORD = "payment:record"
    PAYMENT_METHOD = "payment:method"
    """Name the card or bank account that invoices are charged to, for the client."""
    CREDIT_DISPUTE = "credit:dispute"
    """Say for the client that a service credit is not right."""
    AUDIT_READ = "audit:read"
    SLA_CORRECT = "sla:correct"
    """Note a pause afterwards, excuse a breach, set a due time by hand."""
    SLA_AGREE = "sla:agree"
    """Edit a client's working calendars and policies."""
    HEALTH_READ = "health:read"
    """See and do work of services about people's health (Art. 9 GDPR, section 203 StGB)."""


class StaffRole(StrEnum):
    """What somebody is at the provider."""

    OPERATOR = "operator"
    TEAM_LEAD = "team_lead"
    FINANCE = "finance"
    ADMIN = "admin"
    HEALTH = "health"
    """Bound to medical secrecy: given to a person beside what he or she is."""


class ClientRole(StrEnum):
    """What somebody is at a client company."""

    REQUESTER = "requester"
    APPROVER = "approver"
    CLIENT_ADMIN = "client_admin"


class Sight(StrEnum):
    """How much of the company's work one of its people sees; an admin sees all of it."""

    OWN = "own"
    """What this person ordered."""
    DEPARTMENT = "department"
    """That, and what the own department ordered."""
    ALL = "all"


P = Permission
_OPERATOR = frozenset(
    {
        P.WORK_READ,
        P.WORK_PERFORM,
        P.WORK_REVIEW,
        P.WORK_ORDER,
        P.DOCUMENT_READ,
        P.DOCUMENT_WRITE,
        P.MESSAGE_WRITE,
        P.NOTE_WRITE,
        P.CLIENT_READ,
    }
)
_LEAD = _OPERATOR | {
    P.WORK_ASSIGN,
    P.WORK_CANCEL,
    P.JOB_READ,
    P.AUDIT_READ,
    P.PEOPLE_READ,
    P.SLA_CORRECT,
    P.SLA_AGREE,
}
_BOOKS = frozenset(
    {
        P.USAGE_READ,
        P.INVOICE_READ,
        P.INVOICE_MANAGE,
        P.INVOICE_APPROVE,
        P.MARGIN_READ,
        P.PAYMENT_RECORD,
    }
)
STAFF_PERMISSIONS: dict[StaffRole, frozenset[Permission]] = {
    StaffRole.OPERATOR: _OPERATOR,
    StaffRole.TEAM_LEAD: _LEAD,
    StaffRole.FINANCE: frozenset({P.WORK_READ, P.CLIENT_READ, P.DOCUMENT_READ}) | _BOOKS,
    StaffRole.ADMIN: _LEAD
    | {P.CLIENT_MANAGE, P.PEOPLE_MANAGE, P.TOKEN_MANAGE, P.JOB_MANAGE}
    | _BOOKS,
    StaffRole.HEALTH: frozenset({P.HEALTH_READ}),
}
_REQUESTER = frozenset(
    {
        P.WORK_READ,
        P.WORK_ORDER,
        P.WORK_CANCEL,
        P.DOCUMENT_READ,
        P.DOCUMENT_WRITE,
        P.MESSAGE_WRITE,
        P.HEALTH_READ,
    }
)
CLIENT_PERMISSIONS: dict[ClientRole, frozenset[Permission]] = {
    ClientRole.REQUESTER: _REQUESTER,
    ClientRole.APPROVER: _REQUESTER | {P.WORK_ACCEPT, P.INVOICE_READ},
    ClientRole.CLIENT_ADMIN: _REQUESTER
    | {
        P.WORK_ACCEPT,
        P.PEOPLE_READ,
        P.PEOPLE_MANAGE,
        P.TOKEN_MANAGE,
        P.WEBHOOK_MANAGE,
        P.USAGE_READ,
        P.AUDIT_READ,
        P.INVOICE_READ,
        P.CREDIT_DISPUTE,
        P.PAYMENT_METHOD,
    },
}
TOKEN_SCOPES: dict[str, frozenset[Permission]] = {
    "work:read": frozenset({P.WORK_READ, P.DOCUMENT_READ}),
    "work:write": frozenset(
        {P.WORK_ORDER, P.DOCUMENT_WRITE, P.MESSAGE_WRITE, P.WORK_CANCEL, P.WORK_ACCEPT}
    ),
    "webhook:manage": frozenset({P.WEBHOOK_MANAGE}),
    "health:read": frozenset({P.HEALTH_READ}),
}


def staff_permissions(roles: frozenset[StaffRole]) -> frozenset[Permission]:
    """The union of what the roles at the provider carry."""
    return frozenset().union(*(STAFF_PERMISSIONS[role] for role in roles))


def client_permissions(roles: frozenset[ClientRole]) -> frozenset[Permission]:
    """The union of what the roles at the client carry."""
    return frozenset().union(*(CLIENT_PERMISSIONS[role] for role in roles))


def sees_all(*, sight: Sight, role: ClientRole) -> bool:
    """Nothing of the company's work is hidden; always so for its admins."""
    return sight is Sight.ALL or role is ClientRole.CLIENT_ADMIN


OF_THE_WHOLE = frozenset({P.INVOICE_READ, P.USAGE_READ, P.AUDIT_READ})
"""What shows the whole company's work: not for whoever sees only a part of it."""


def token_permissions(scopes: frozenset[str]) -> frozenset[Permission]:
    """What a machine with these scopes may do. Unknown scopes carry nothing."""
    return frozenset().union(*(TOKEN_SCOPES.get(scope, frozenset()) for scope in scopes))
