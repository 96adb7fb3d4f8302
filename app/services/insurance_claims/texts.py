"""What findings of insurance claims say."""

from app.catalogue.finding_texts import finding_texts
from app.kernel.text import Text

finding_text = finding_texts(
    {
        "IC-NOT-FHIR": Text("This is no FHIR in JSON."),
        "IC-NOTHING-KNOWN": Text("The file has no resource of a policy, bill or statement."),
        "IC-WITHOUT-PATIENT": Text("It is not said who is insured."),
        "IC-WITHOUT-BIRTH-DATE": Text("The date of birth is missing: insurers ask for it."),
        "IC-WITHOUT-INSURER": Text("It is not said who the insurer is."),
        "IC-WITHOUT-POLICY": Text("The number of the policy is missing."),
        "IC-WITHOUT-BILL-NUMBER": Text("The number of the bill is missing."),
        "IC-WITHOUT-BILL-DATE": Text("The date of the bill is missing."),
        "IC-WITHOUT-DIAGNOSIS": Text("The bill gives no diagnosis: insurers ask for it."),
        "IC-WITHOUT-LINES": Text("There is no bill with lines among the order and its files."),
        "IC-NO-POLICY": Text(
            "There is no policy: a cover of 100 %% without deductible is assumed."
        ),
        "IC-NO-STATEMENT": Text("The insurer has not answered yet: the claim itself is made."),
        "IC-CONTRADICTION": Text("It stands here once as “%(one)s” and once as “%(other)s”."),
        "IC-OTHER-INSURANCE": Text(
            "Order and policy do not agree whether the insurance is private or statutory."
        ),
        "IC-SHARE": Text("“%(found)s” is no share or amount that can be right: it was left out."),
        "IC-CAUSE-TARIFF": Text("Number %(number)s: %(missing)s less, as the tariff says."),
        "IC-CAUSE-DEDUCTIBLE": Text("Number %(number)s: %(missing)s less, by the deductible."),
        "IC-CAUSE-FACTOR": Text(
            "Number %(number)s: %(missing)s less, because of the factor (“%(reason)s”)."
        ),
        "IC-CAUSE-NECESSITY": Text(
            "Number %(number)s: %(missing)s less, as not necessary (“%(reason)s”)."
        ),
        "IC-CAUSE-EXCLUSION": Text(
            "Number %(number)s: %(missing)s less, as not to be billed beside another "
            "(“%(reason)s”)."
        ),
        "IC-CAUSE-CEILING": Text(
            "Number %(number)s: %(missing)s less, by a ceiling (“%(reason)s”)."
        ),
        "IC-CAUSE-DOUBLE": Text(
            "Number %(number)s: %(missing)s less, as paid before (“%(reason)s”)."
        ),
        "IC-CAUSE-DOCUMENT": Text(
            "Number %(number)s: %(missing)s less, a document is missing (“%(reason)s”)."
        ),
        "IC-CAUSE-UNKNOWN": Text(
            "Number %(number)s: %(missing)s less, without a reason that is understood "
            "(“%(reason)s”)."
        ),
        "IC-CAUSE-UNANSWERED": Text("Number %(number)s: the statement says nothing about it."),
        "IC-CAUSE-OVERPAID": Text("Number %(number)s: more was paid than billed."),
        "IC-NOT-BILLED": Text(
            "The statement pays %(paid)s for number %(number)s, which the bill does not have."
        ),
        "IC-TOTAL": Text("The bill says %(found)s in total; its lines come to %(expected)s."),
        "IC-NO-DAY": Text("Without the day of the claim or of the decision there is no deadline."),
        "IC-NO-TERM": Text(
            "No law sets a term for objecting to a private insurer; the claim becomes barred."
        ),
        "IC-SOON": Text("The deadline is close: %(due)s (%(law)s)."),
        "IC-OVERDUE": Text("The insurer should have answered by %(due)s (%(law)s)."),
        "IC-TOO-LATE": Text("The time to object ended on %(due)s (%(law)s)."),
        "IC-DUPLICATE": Text("This bill was ordered already: %(item)s."),
    }
)
