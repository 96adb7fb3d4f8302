"""What an invoice's tree may contain: unknown vocabularies, and elements outside of its profile."""

from collections.abc import Iterator
from typing import Final

from app.services.accounts_payable import cii, ubl
from app.services.accounts_payable.findings import Finding, Place, warning
from app.services.accounts_payable.invoice import Invoice, Syntax
from app.services.accounts_payable.xml_safety import Element

MAX_REPORTED: Final = 5

UBL_VOCABULARY: Final = frozenset({*ubl.NAMESPACES.values(), ubl.INVOICE, ubl.CREDIT_NOTE})
CII_VOCABULARY: Final = frozenset({*cii.NAMESPACES.values(), *cii.ZUGFERD_1_NAMESPACES.values()})
EXTENSIONS: Final = "{urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2}"

# Factur-X 1.0 MINIMUM, the whole profile (technical appendix, schema FACTUR-X_MINIMUM)
MINIMUM_TEXT: Final = """
    ExchangedDocumentContext ExchangedDocument SupplyChainTradeTransaction
    BusinessProcessSpecifiedDocumentContextParameter GuidelineSpecifiedDocumentContextParameter
    ID TypeCode IssueDateTime DateTimeString Name ApplicableHeaderTradeAgreement BuyerReference
    SellerTradeParty BuyerTradeParty SpecifiedLegalOrganization PostalTradeAddress CountryID
    SpecifiedTaxRegistration BuyerOrderReferencedDocument IssuerAssignedID
    ApplicableHeaderTradeDelivery ApplicableHeaderTradeSettlement InvoiceCurrencyCode
    SpecifiedTradeSettlementHeaderMonetarySummation TaxBasisTotalAmount TaxTotalAmount
    GrandTotalAmount DuePayableAmount
    """
MINIMUM: Final = frozenset(MINIMUM_TEXT.split())


def structure_findings(root: Element, invoice: Invoice) -> list[Finding]:
    """Elements that a reader would silently overlook: at most a handful are named."""
    in_ubl = invoice.syntax in (Syntax.UBL, Syntax.UBL_CREDIT_NOTE)
    vocabulary = UBL_VOCABULARY if in_ubl else CII_VOCABULARY
    minimum = (invoice.profile or "").lower().endswith(":minimum")
    findings: list[Finding] = []
    for element in _elements(root):
        namespace, _, local = str(element.tag).rpartition("}")
        if namespace.removeprefix("{") not in vocabulary:
            findings.append(_finding("AP-UNKNOWN-ELEMENT", element, local))
        elif minimum and local not in MINIMUM:
            findings.append(_finding("AP-OUTSIDE-PROFILE", element, local))
        if len(findings) >= MAX_REPORTED:
            break
    return findings


def _elements(root: Element) -> Iterator[Element]:
    """All elements below the root but UBL extensions, which may hold anything."""
    for child in root.iterchildren("*"):
        if not str(child.tag).startswith(EXTENSIONS):
            yield from child.iter("*")


def _finding(code: str, element: Element, local: str) -> Finding:
    path = "/".join(
        reversed([str(one.tag).rpartition("}")[2] for one in (element, *element.iterancestors())])
    )
    return warning(code, Place(path=f"/{path}"), element=local[:80])
