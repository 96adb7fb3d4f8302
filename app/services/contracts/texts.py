"""What findings of contracts say."""

from app.catalogue.finding_texts import finding_texts
from app.kernel.text import Text

finding_text = finding_texts(
    {
        "CT-MISSED": Text(
            "“%(contract)s” can no longer be ended on %(missed)s: notice had to be there before. "
            "The next possible end is %(end)s."
        ),
        "CT-SOON": Text("Notice for “%(contract)s” must be received by %(last)s."),
        "CT-HOLIDAY": Text(
            "The last day for “%(contract)s”, %(last)s, is no working day. The law does not move "
            "it (§ 193 BGB does not apply to notice periods): plan for %(safe)s."
        ),
        "CT-UNCLEAR": Text(
            "The terms of “%(contract)s” do not say when it can end: please look at the contract."
        ),
        "CT-DOUBLE": Text("“%(contract)s” with %(partner)s also stands in line %(first)s."),
        "CT-ENDED": Text("“%(contract)s” ended by itself on %(end)s."),
        "CT-ENDS": Text("“%(contract)s” ends by itself on %(end)s, without notice."),
        "CT-GIVEN": Text("Notice for “%(contract)s” was given on %(given)s, in time for %(end)s."),
        "CT-LONG-NOTICE": Text(
            "The notice period of “%(contract)s” is as long as its renewal or longer: "
            "please check the register."
        ),
    }
)
