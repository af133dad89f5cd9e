"""All lists of all months, as they would be without an error."""

from collections.abc import Callable

from deploy.sandbox.county import civil, health, work
from deploy.sandbox.county.lists import County, Row, Sheet
from deploy.sandbox.county.world import World

Clean = Callable[[World, str], list[Row]]
_BY_MONTH: dict[tuple[str, str], Clean] = {
    ("SUBSISTENCE_ALLOWANCE", "MZ"): civil.subsistence,
    ("LOW_INCOME_MARGIN", "MZ"): civil.margin,
    ("DESTITUTE_SUPPORT", "MZ"): civil.destitute,
    ("ORPHAN", "MZ"): civil.orphans,
    ("UNSUPPORTED_CHILD", "MZ"): civil.unsupported,
    ("OTHER_ALLOWANCE", "MZ"): civil.allowances,
    ("TEMPORARY_RELIEF", "MZ"): civil.relief,
    ("DEATHS", "MZ"): lambda world, month: civil.deaths(world, month, "MZ"),
    ("DEATHS", "WJ"): lambda world, month: civil.deaths(world, month, "WJ"),
    ("MOVES", "MZ"): civil.moves,
    ("MOVES", "CL"): civil.moves,
    ("MEDICAL_INSURANCE", "YB"): health.insurance,
    ("MEDICAL_AID", "YB"): health.bills,
    ("PENSION_INSURANCE", "RS"): work.pensions,
    ("TRAINING", "RS"): lambda world, month: work.training(world, month, "RS"),
    ("TRAINING", "CL"): lambda world, month: work.training(world, month, "CL"),
    ("EMPLOYMENT", "RS"): work.employment,
    ("INJURY_CARE", "RS"): work.injury_care,
    ("SCHOOL_ROLL", "JT"): work.school_roll,
    ("ASSESSMENT_RESULT", "WJ"): health.assessments,
    ("FAMILY_DOCTOR", "WJ"): health.doctors,
    ("HOUSE_SAFETY", "ZJ"): health.houses,
    ("PUBLIC_RENTAL", "ZJ"): health.rentals,
    ("MONITORED_HOUSEHOLDS", "XCZX"): health.monitored,
    ("NEEDS_SURVEY", "CL"): work.survey,
}


def assembled(world: World) -> County:
    """The county with its clean lists; the townships' summaries come last (`summarised`)."""
    county = County(world)
    for month in world.months:
        sheets = {key: Sheet(*key, month, rows(world, month)) for key, rows in _BY_MONTH.items()}
        payments = [civil.payment(*each) for each in civil.due(world, month)]
        sheets["SUBSIDY_PAYMENT", "MZ"] = Sheet("SUBSIDY_PAYMENT", "MZ", month, payments)
        sheets["SUBSIDY_APPROVAL", "MZ"] = Sheet("SUBSIDY_APPROVAL", "MZ", month, [civil.approval(row, month) for row in payments])
        sheets["BANK_RESULT", "CZ"] = Sheet("BANK_RESULT", "CZ", month, [civil.bank(row) for row in payments])
        county.sheets.append(sheets)
    return county


def summarised(county: County) -> None:
    """Take away what errors left empty, order by villages, and add the townships' sheets that belong to the payments as they are now."""
    for month, sheets in zip(county.world.months, county.sheets, strict=True):
        for sheet in sheets.values():
            sheet.tidy()
            sheet.rows.sort(key=lambda row: (row["township"], row["village"]))
        rows = civil.summary(sheets["SUBSIDY_PAYMENT", "MZ"].rows)
        sheets["SUBSIDY_SUMMARY", "MZ"] = Sheet("SUBSIDY_SUMMARY", "MZ", month, rows)
