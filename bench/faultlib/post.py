"""The mail server: down, full, slow, breaking off at every step."""

from __future__ import annotations

from faultlib.registry import fault
from faultlib.rig import Rig


def register(name: str, mode: str) -> None:
    """The slot falls into hours of this fault; then the server is well again."""

    def strike(rig: Rig, times: int) -> None:
        rig.seed()
        rig.later(hours=20, minutes=30)
        rig.postman.fault = mode
        for _ in range(3):
            code, said = rig.run("once", "--quiet")
            assert code == 0, said
            rig.later(minutes=20)
            rig.injected += 1

    fault(f"mail: {name}")(strike)


register("421 at MAIL", "421")
register("450 for every recipient (greylisting)", "450 rcpt")
register("451 after DATA", "451")
register("the line breaks in DATA", "disconnect")
register("taken, but the answer is lost", "lost answer")


@fault("mail: nobody listens for hours")
def refused(rig: Rig, times: int) -> None:
    rig.seed()
    rig.later(hours=20, minutes=30)
    port, rig.mail_port = rig.mail_port, 9
    for _ in range(3):
        code, said = rig.run("once", "--quiet")
        assert code == 0, said
        rig.later(minutes=20)
        rig.injected += 1
    rig.mail_port = port


@fault("mail: the server's name cannot be resolved")
def nameless(rig: Rig, times: int) -> None:
    rig.seed()
    rig.later(hours=20, minutes=30)
    rig.environ["MONITOR_SMTP_HOST"] = "mail.invalid"
    code, said = rig.run("once", "--quiet")
    assert code == 0, said
    del rig.environ["MONITOR_SMTP_HOST"]
    rig.injected += 1
