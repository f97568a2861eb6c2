"""The parts of the components picture, filled with its samples."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, Flow, Grid
from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.button import Button, Kind, icon_button
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.chip import Chip, ChipLook, Ground, Sending, StateMark
from fieldapp.desktop.components.date_field import DateField
from fieldapp.desktop.components.dialog import DialogPanel
from fieldapp.desktop.components.empty import Empty
from fieldapp.desktop.components.entry import Entry
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.money_field import MoneyField
from fieldapp.desktop.components.progress import ProgressStrip
from fieldapp.desktop.components.row_list import RowList
from fieldapp.desktop.components.rows import Avatar, Row, RowModel
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.components.table import ColumnLook, LedgerTable
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.components.toast import Toast
from fieldapp.desktop.look import Icon
from fieldapp.domain.money import Money
from fieldapp.translation import Language, language

TODAY = date(2026, 11, 23)


def parts() -> QWidget:
    """The parts of the components picture, in its order."""
    return Grid(
        Column(_buttons(), _chips(), _fields(), STRETCH, gap=16),
        Column(_messages(), _dialog(), _rows(), STRETCH, gap=16),
        Column(_table(), _empty(), STRETCH, gap=16),
        columns=3,
        narrow=900,
    )


def _buttons() -> QWidget:
    off = Button(say("保存决定", "Save the decision"), icon=Icon.CHECK)
    off.setEnabled(False)
    return Column(
        Text(say("按钮", "Buttons"), Role.LABEL),
        Flow(
            Button(say("保存走访", "Save the visit"), Kind.FILLED, icon=Icon.CHECK, key="Ctrl+Return"),
            Button(say("改期", "Move"), key="R"),
            Button(say("排进计划", "Plan it"), Kind.SOFT),
            Button(say("作废", "Discard"), Kind.DANGER, icon=Icon.TRASH),
            off,
            icon_button(say("打电话", "Call"), Icon.PHONE),
            Button(say("换人", "Change"), Kind.LINK),
        ),
        gap=8,
    )


def _chips() -> QWidget:
    return Column(
        Text(say("状态", "States"), Role.LABEL),
        Flow(
            Chip(say("接触", "Contacted")),
            Chip(say("有意向", "Interested"), Ground.PINE),
            Chip(say("已申请", "Applied"), Ground.SKY),
            Chip(say("草稿", "Draft"), Ground.AMBER),
            Chip(say("晚 3 天", "3 d late"), Ground.SEAL),
            Chip(say("已放款", "Funded"), Ground.OUTLINE),
        ),
        Flow(*(StateMark.of(state) for state in Sending), gap=14),
        gap=8,
    )


def _fields() -> QWidget:
    name = Entry()
    name.setText("张三")
    wrong = Field(say("手机", "Mobile"), Entry())
    wrong.control.setText("138 0000 000")  # type: ignore[attr-defined]
    wrong.show_error(say("还少一位数字", "One digit is missing"))
    money = MoneyField(capitals=lambda _money: "人民币陆仟零柒元壹角肆分", limit=say("最高 30 万", "at most 300,000"))
    money.set_value(Money(600714))
    day = DateField(lambda: TODAY)
    day.set_value(date(2026, 11, 26))
    method = Segmented(
        [
            (1, say("等额本息", "Annuity")),
            (2, say("等额本金", "Equal principal")),
            (3, say("先息后本", "Interest first")),
        ]
    )
    method.choose(1)
    return Column(
        Text(say("字段", "Fields"), Role.LABEL),
        Field(say("姓名", "Name"), name),
        wrong,
        Field(say("金额", "Amount"), money),
        Field(say("下次跟进", "Next follow-up"), day),
        method,
        gap=10,
    )


def _messages() -> QWidget:
    strip = ProgressStrip()
    strip.begin(say("正在生成 9 页资料包", "Making the pack of 9 pages"), lambda: None)
    strip.step(4, 9)
    strip.show()
    toast = Toast(QWidget(), floating=False)
    toast.show_message(
        say("已记下张三的走访", "Visit to Zhang San recorded"), say("只在本机", "only here"), lambda: None
    )
    return Column(
        Text(say("横幅与提示", "Banner and toast"), Role.LABEL),
        Banner(
            say("电脑时间和总行差 14 分钟", "This clock is 14 minutes off"),
            say("不影响保存。请校准后再走访", "Saving is not affected. Set it before the next visit"),
            Tone.AMBER,
            action=say("怎么校准", "How"),
        ),
        Banner(
            say("这一步没做成，资料没有丢", "This step did not work; nothing is lost"),
            say("事件号 E-7F3A，报给总行即可", "Incident E-7F3A: tell head office"),
            Tone.SEAL,
            action=say("复制", "Copy"),
        ),
        strip,
        toast,
        gap=8,
    )


def _dialog() -> QWidget:
    return Column(
        Text(say("对话框", "Dialog"), Role.LABEL),
        DialogPanel(
            say("把 冯二 交给 周到？", "Hand Feng Er to Zhou Dao?"),
            say("3 条未发送的记录会先送达总行，再从本机移走。", "3 unsent records go to head office first."),
            verb=say("交给周到", "Hand over"),
            stay=say("不交了", "Keep"),
        ),
        gap=8,
    )


def _rows() -> QWidget:
    model = RowModel()
    interested = ChipLook(say("有意向", "Interested"), Ground.PINE)
    model.show(
        [
            Row(
                1,
                "王五",
                "青石街 12 号 • 五金铺",
                lead=Avatar("王五"),
                chip=interested,
                right=say("晚 3 天", "3 d late"),
                right_tone=Tone.SEAL,
            ),
            Row(
                2,
                "张三",
                "上河村 3 组 • 豆腐坊",
                lead=Avatar("张三"),
                chip=interested,
                right=say("今天 09:30", "today 09:30"),
            ),
        ]
    )
    rows = RowList(model, whole=True)
    rows.choose(2)
    return Column(
        Text(say("列表行：平常、选中", "Rows: plain, selected"), Role.LABEL), Card(rows, margins=(0, 5)), gap=8
    )


def _table() -> QWidget:
    table = LedgerTable(
        [
            ColumnLook(say("期", "No."), dim=True, share=0),
            ColumnLook(say("到期", "Due")),
            ColumnLook(say("本金", "Principal"), right=True),
            ColumnLook(say("利息", "Interest"), right=True),
            ColumnLook(say("应还", "Payment"), right=True),
        ],
        whole=True,
    )
    table.show_rows(
        [
            ("1", "2027-01-01", "2,542.19", "500.00", "3,042.19"),
            ("2", "2027-02-01", "2,554.90", "487.29", "3,042.19"),
            ("3", "2027-03-01", "2,567.68", "474.51", "3,042.19"),
        ],
        total=("", say("合计", "Total")(), "7,664.77", "1,461.80", "9,126.57"),
    )
    table.selectRow(1)
    return Column(
        Text(say("表格：右对齐，双线收口", "Table: numbers right, closed by a double rule"), Role.LABEL),
        Card(table, margins=(8, 2)),
        gap=8,
    )


def _empty() -> QWidget:
    return Column(
        Text(say("空页", "Empty"), Role.LABEL),
        Card(
            Empty(
                Icon.PLANT,
                say("今天没有到期的跟进", "Nothing is due today"),
                say("名单里还有 36 户没去过，挑几户排进计划？", "36 households were never visited. Plan some?"),
                Button(say("从名单里挑", "Pick from the list"), Kind.SOFT, icon=Icon.LIST),
            )
        ),
        gap=8,
    )


def say(chinese: str, english: str) -> Callable[[], str]:
    """A sample's words: samples are no part of the program and not in its catalogues."""
    return lambda: chinese if language() is Language.CHINESE else english
