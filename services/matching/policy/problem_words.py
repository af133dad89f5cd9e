"""What is wrong with a row, in words for the office that sent it: what each code of a row report means. A table, and nothing but."""

from services.matching.policy.rosters import Roster

_WORDS = {
    # of the file as a whole
    "other_sheet_ignored": "文件中还有其他工作表，未读取",
    "hidden_sheet_ignored": "文件中有隐藏的工作表，未读取",
    "month_not_over": "所属月份在截止日期时尚未结束，之后发放的须另行报送",
    # of whose row it is
    "id_missing": "没有身份证号",
    "id_not_text": "身份证号不是文本，末几位可能已丢失，请按文本重新填写",
    "id_error": "身份证号单元格显示公式错误",
    "id_length": "身份证号位数不对",
    "id_birthdate": "身份证号中的出生日期不存在",
    "id_checksum": "身份证号校验位不符，请核对原件",
    "id_with_text": "身份证号单元格里还有其他内容",
    "id_of_another_paper": "证件不是身份证或残疾人证",
    "cert_format": "残疾人证号不是20位，只按其中的身份证号读取",
    "name_charset": "姓名中有无法显示或替代的字符",
    "name_with_text": "姓名单元格里还有其他内容",
    # of the row
    "duplicate_row": "与上面某一行完全相同",
    "not_in_force": "本行注明未发放或已停止，不计入",
    "total_mismatch": "合计与各行之和不符",
    "amount_mismatch": "金额不等于月标准乘以月数",
    "place_unknown": "地址不能对应到本县（市）的乡镇",
    "place_of_another_county": "地址在其他县（市）",
    "township_missing": "没有乡镇",
}
_FAULTS = {
    "_missing": "没有填写",
    "_unknown": "填写的内容不在规定用语之内",
    "_invalid": "无法读取",
    "_error": "单元格显示公式错误",
    "_not_text": "不是文本，末几位可能已丢失，请按文本重新填写",
    "_month_only": "只写到月，按当月最后一天读取",
    "_imprecise": "日期不够明确",
    "_in_future": "晚于名单所属期",
    "_out_of_range": "不在合理范围之内",
    "_column_unclear": "不能确定这一列是谁的，未读取",
}


def words_of(code: str, roster: Roster) -> str:
    """A code in Chinese; of a column, with the heading that the kind of list gives it first. A code that has no words stands for itself."""
    if code in _WORDS:
        return _WORDS[code]
    for fault, words in _FAULTS.items():
        column = roster.columns.get(code.removesuffix(fault)) if code.endswith(fault) else None
        if column:
            return f"“{column.aliases[0].rpartition('/')[2]}”{words}"
    return code


def alone(code: str) -> str | None:
    """A code in Chinese where nobody says which kind of list it is of; None for one without words."""
    of_a_column = (f"有一栏{words}" for fault, words in _FAULTS.items() if code.endswith(fault))
    return _WORDS.get(code) or next(of_a_column, None)
