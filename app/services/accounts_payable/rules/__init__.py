"""What is checked about an invoice, as pure functions: an `Invoice` in, findings out.

Codes `BR-…` are those of EN 16931 (CEN/TS 16931-3), `BR-DE-…` those of XRechnung, `PEPPOL-…` those
of Peppol BIS Billing; `AP-…` are our own. Codes and severities are stable: they are stored.
"""

from dataclasses import replace

from app.services.accounts_payable.findings import Finding, Severity
from app.services.accounts_payable.invoice import Invoice, Syntax
from app.services.accounts_payable.rules.calculation import calculation_findings
from app.services.accounts_payable.rules.context import Context
from app.services.accounts_payable.rules.germany import german_findings
from app.services.accounts_payable.rules.mandatory import mandatory_findings
from app.services.accounts_payable.rules.trade import trade_findings
from app.services.accounts_payable.rules.vat import vat_findings

__all__ = ["Context", "check"]

ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def check(invoice: Invoice, *, context: Context) -> tuple[Finding, ...]:
    """All findings about an invoice, the gravest first, otherwise in the order of the checks."""
    findings = [*calculation_findings(invoice), *trade_findings(invoice, context)]
    if invoice.syntax is not Syntax.ZUGFERD_1:
        formal = [*mandatory_findings(invoice), *german_findings(invoice)]
        if not invoice.is_summary_only:
            formal += vat_findings(invoice)
        findings += [_softened(one, invoice) for one in formal]
    return tuple(sorted(findings, key=lambda one: ORDER[one.severity]))


def _softened(finding: Finding, invoice: Invoice) -> Finding:
    """A summary without lines cannot be complete: what it lacks is said, but is no error."""
    if invoice.is_summary_only and finding.severity is Severity.ERROR:
        return replace(finding, severity=Severity.WARNING)
    return finding
