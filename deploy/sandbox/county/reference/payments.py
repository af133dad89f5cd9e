"""C3f and the register's side of the payment sheet: approvals, the bank, and who is paid without being known."""

from collections.abc import Iterator

from deploy.sandbox.county.rates import SUBSIDIES
from deploy.sandbox.county.reference.rules import Found, Period, rule
from deploy.sandbox.county.reference.view import View


@rule("APPROVED_UNPAID", "INFO_MISMATCH", "CZ", Period.MONTH, "SUBSIDY_PAYMENT")
def approved_unpaid(view: View) -> Iterator[Found]:
    """Approved for the month, and no sheet pays for it."""
    for row in view.rows("SUBSIDY_APPROVAL"):
        person = view.register.by_id.get(row["citizen_id"])
        if person and view.unpaid(person, SUBSIDIES[row["subsidy"]]):
            yield Found(row["citizen_id"], SUBSIDIES[row["subsidy"]])


@rule("PAID_UNAPPROVED", "INFO_MISMATCH", "MZ", Period.MONTH, "SUBSIDY_APPROVAL")
def paid_unapproved(view: View) -> Iterator[Found]:
    """Paid by the month's sheet, and not on the month's approvals."""
    for row in view.rows("SUBSIDY_PAYMENT"):
        person = view.register.by_id.get(row["citizen_id"])
        if person is None or row["nature"] != "正常":
            continue
        approved = any(each["subsidy"] == row["subsidy"] for each in view.on("SUBSIDY_APPROVAL", row["citizen_id"]))
        if not approved and not view.maybe("SUBSIDY_APPROVAL", person):
            yield Found(row["citizen_id"], SUBSIDIES[row["subsidy"]])


@rule("ACCOUNT_BOUNCED", "DELIVERY_OVERDUE", "CZ", Period.MONTH, "SUBSIDY_PAYMENT")
def account_bounced(view: View) -> Iterator[Found]:
    """The bank could not pay, and no later sheet pays for the month."""
    for row in view.rows("BANK_RESULT"):
        if row["result"] == "失败":
            later = [
                each
                for each in view.entries(row["citizen_id"], SUBSIDIES[row["subsidy"]])
                if each.sheet > view.month and each.amount > 0
            ]
            if not later:
                yield Found(row["citizen_id"], SUBSIDIES[row["subsidy"]])


@rule("NOT_ON_REGISTER", "NOT_IN_COUNTERPART", "MZ", Period.MONTH, "register")
def not_on_register(view: View) -> Iterator[Found]:
    """The sheet pays somebody whose id the register does not know."""
    for row in view.rows("SUBSIDY_PAYMENT"):
        if row["citizen_id"] not in view.register.by_id:
            yield Found(row["citizen_id"], SUBSIDIES[row["subsidy"]], subject_kind="row")
