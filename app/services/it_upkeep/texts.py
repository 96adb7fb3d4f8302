"""What findings of IT upkeep say."""

from app.catalogue.finding_texts import finding_texts
from app.kernel.text import Text

finding_text = finding_texts(
    {
        "IT-PRIVATE-KEY": Text(
            "The file holds a private key. It was not read further: take the key as known to "
            "others and renew it."
        ),
        "IT-NO-CERTIFICATE": Text("The file holds no certificate that can be read."),
        "IT-BROKEN": Text(
            "Certificates of this file that begin but cannot be read: %(count)s. Is it whole?"
        ),
        "IT-TWICE": Text("%(name)s was handed in twice and is counted once."),
        "IT-EXPIRED": Text("%(name)s expired on %(ends)s."),
        "IT-SOON": Text("%(name)s expires on %(ends)s."),
        "IT-NOT-YET": Text("%(name)s holds from %(begins)s on only."),
        "IT-WEAK-KEY": Text("%(name)s has a weak key (%(key)s)."),
        "IT-WEAK-DIGEST": Text("%(name)s is signed with %(digest)s, which browsers refuse."),
        "IT-SELF-SIGNED": Text("%(name)s is signed by itself: nobody outside trusts it."),
        "IT-NO-NAMES": Text("%(name)s has no alternative name: browsers refuse it."),
        "IT-TOO-LONG": Text(
            "%(name)s holds %(days)s days, longer than public certificates may (%(most)s)."
        ),
        "IT-UNCOVERED": Text("No certificate covers the host %(host)s."),
        "IT-NO-TARGET": Text("“%(line)s” is no host: https://host/path, host or host:port."),
        "IT-MANY-TARGETS": Text("Only the first %(most)s hosts were looked at."),
        "IT-NOTHING-ASKED": Text("No host is named."),
        "IT-NOT-PUBLIC": Text("%(host)s leads to an address that is not on the internet."),
        "IT-UNKNOWN-NAME": Text("The name of %(host)s is not known."),
        "IT-NO-CONNECTION": Text("%(host)s takes no connection."),
        "IT-NO-TLS": Text("%(host)s does not speak TLS as it should."),
        "IT-NO-ANSWER-IN-TIME": Text("%(host)s did not answer in time."),
        "IT-ODD-ANSWER": Text("%(host)s answers, but not in HTTP."),
        "IT-UNTRUSTED": Text("The certificate of %(host)s is not trusted: %(why)s."),
        "IT-UNTRUSTED-SELF": Text(
            "The certificate of %(host)s is not trusted: it, or its issuer's, is signed by itself."
        ),
        "IT-UNTRUSTED-NAME": Text("The certificate of %(host)s is for another host."),
        "IT-UNTRUSTED-EXPIRED": Text("The certificate of %(host)s, or its issuer's, has expired."),
        "IT-UNTRUSTED-NOT-YET": Text("The certificate of %(host)s does not hold yet."),
        "IT-UNTRUSTED-ISSUER": Text(
            "The certificate of %(host)s is not trusted: its issuer is not known, or the server "
            "does not hand over the certificate between."
        ),
        "IT-SLOW": Text("%(host)s took %(milliseconds)s ms to answer."),
        "IT-STATUS": Text("%(host)s answers with %(status)s."),
        "IT-REDIRECT": Text("%(host)s leads on to %(to)s (%(status)s); that was not followed."),
        "IT-PLAIN": Text("%(host)s answers without encryption and does not lead on to HTTPS."),
        "IT-LEFT": Text("%(user)s left on %(left)s and still has access to %(system)s."),
        "IT-DORMANT": Text("%(user)s has not used %(system)s for more than 90 days."),
        "IT-NO-SIGN-IN": Text("No sign-in of %(user)s to %(system)s is known."),
        "IT-NO-SECOND-FACTOR": Text(
            "%(user)s is “%(role)s” in %(system)s without a second factor."
        ),
        "IT-SHARED": Text("%(user)s in %(system)s looks like an account of several people."),
        "IT-CONFLICT": Text(
            "%(user)s is both “%(role)s” and “%(other)s” in %(system)s: these should be apart."
        ),
    }
)
