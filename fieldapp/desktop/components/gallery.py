"""Every component on one page, to be looked at: ``python -m fieldapp.desktop.components.gallery --theme dark``.

``--shell`` shows the window around them instead; ``--save FILE`` writes a picture and ends.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, Grid, Line, ScrollPage, SideBySide, fill_with
from fieldapp.desktop.components.button import Button, Kind, icon_button
from fieldapp.desktop.components.card import Card, Rule
from fieldapp.desktop.components.checks import Round, Tick
from fieldapp.desktop.components.chip import ChipLook, Ground
from fieldapp.desktop.components.choice_cards import CardChoice, ChoiceCards
from fieldapp.desktop.components.debt_bar import DebtBar
from fieldapp.desktop.components.difference import Side, ValueChoice
from fieldapp.desktop.components.entry import Choice, Note
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.figures import FigureLine, KeyFigure, TargetLine, TotalLine
from fieldapp.desktop.components.gallery_parts import parts, say
from fieldapp.desktop.components.header import Header
from fieldapp.desktop.components.palette import Found
from fieldapp.desktop.components.photo_strip import Photo, PhotoStrip
from fieldapp.desktop.components.row_list import RowList
from fieldapp.desktop.components.rows import Heading, Row, RowModel, When
from fieldapp.desktop.components.stepper import Step, Stepper, StepState
from fieldapp.desktop.components.tabs import Tabs
from fieldapp.desktop.components.tag_field import TagField
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.components.timeline import Happening, Timeline
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.look import Icon, Look, Theme, clothe, speak, wear
from fieldapp.desktop.look.hills import Hills
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.window import PageEntry, Window
from fieldapp.translation import Language


def main(arguments: Sequence[str] | None = None) -> int:
    """Show the gallery until it is closed, or save its picture."""
    parser = argparse.ArgumentParser(prog="gallery")
    parser.add_argument("--theme", choices=[theme.value for theme in Theme], default="light")
    parser.add_argument("--language", choices=[each.value for each in Language], default="zh")
    parser.add_argument("--scale", type=int, default=100)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--page", choices=["parts", "more", "today", "hills"], default="parts")
    parser.add_argument("--shell", action="store_true")
    parser.add_argument("--save")
    chosen = parser.parse_args(arguments)
    application = QApplication.instance() or QApplication(sys.argv[:1])
    speak(Language(chosen.language))
    wear(Look(Theme(chosen.theme), chosen.scale))
    jobs = JobRunner()
    window = _window(jobs, chosen.page) if chosen.shell else _bare(chosen.page)
    wide, high = (int(part) for part in chosen.size.split("x"))
    window.resize(wide, high)
    window.show()
    if chosen.save:
        QTimer.singleShot(400, lambda: (window.grab().save(chosen.save), QApplication.quit()))
    try:
        return int(QApplication.exec())
    finally:
        jobs.shut_down()
        del application


def _bare(page: str) -> QWidget:
    made: dict[str, Callable[[], QWidget]] = {"parts": parts, "more": more, "today": today, "hills": Hills}
    window = QWidget()
    clothe(window)
    box = QVBoxLayout(window)
    box.setContentsMargins(0, 0, 0, 0)
    inside = made[page]()
    box.addWidget(inside if page == "hills" else ScrollPage(Column(inside, STRETCH, margins=(28, 22))))
    return window


def _window(jobs: JobRunner, first: str) -> Window:
    window = Window(
        jobs,
        [
            PageEntry("today", lambda shell: _Shown(shell, today), say("今日", "Today"), Icon.TODAY),
            PageEntry("parts", lambda shell: _Shown(shell, parts), say("客户", "Prospects"), Icon.PROSPECTS),
            PageEntry("more", lambda shell: _Shown(shell, more), say("申请", "Applications"), Icon.APPLICATION),
            PageEntry("sync", lambda shell: _Shown(shell, more), say("同步", "Sync"), Icon.SYNC, low=True),
            PageEntry("settings", lambda shell: _Shown(shell, parts), say("设置", "Settings"), Icon.SETTINGS, low=True),
        ],
        sources=[(say("客户", "Prospects"), lambda text, deliver: deliver(_people(text)))],
    )
    window.rail.show_place(say("青石支行", "Qingshi branch"))
    window.rail.show_officer("李四", say("客户经理", "Field officer"))
    window.rail.show_count("sync", 2, urgent=True)
    window.rail.show_count("more", 2)
    window.status.show_state(
        online=False, only_here=3, confirmed=say("上次同步 今天 07:42，已确认", "last sync today 07:42, confirmed")
    )
    window.go(first if first in ("today", "parts", "more") else "today")
    return window


class _Shown(Page):
    title = "Gallery"

    def __init__(self, shell: Shell, make: Callable[[], QWidget]) -> None:
        super().__init__(shell)
        fill_with(self, ScrollPage(make() if make is today else Column(make(), STRETCH)))
        self.dress()


def _people(text: str) -> list[Found]:
    return [
        Found(name, lambda: None, Icon.PERSON, second=second)
        for name, second in (("张三", "上河村 3 组 · 豆腐坊"), ("周顺", "石桥村 2 组 · 修理铺"))
        if not text or text in "zs"
    ]


def more() -> QWidget:
    """The parts that the components picture does not show."""
    steps = Stepper([Step(number, words) for number, words in enumerate(_STEPS, 1)])
    done: dict[object, StepState] = {1: StepState.DONE, 2: StepState.DONE, 5: StepState.MISSING}
    steps.show_state(3, done, 3)
    return Column(
        steps,
        SideBySide(Column(_visit(), _conflict(), STRETCH, gap=14), Column(_owed(), _history(), STRETCH, gap=14)),
        gap=14,
    )


_STEPS = (
    say("申请人", "Applicant"),
    say("经营与收支", "Business"),
    say("额度与还款", "Amount"),
    say("担保", "Guarantee"),
    say("同意书", "Consents"),
    say("核对与签署", "Check and sign"),
)


def _visit() -> QWidget:
    met = TagField(say("再加一人", "add one"))
    met.set_value(["张三 本人", "李梅 配偶"])
    follow = ChoiceCards(
        [
            CardChoice(1, say("明天", "Tomorrow"), say("11月24日 周二", "Tue 24 Nov")),
            CardChoice(3, say("三天后", "In 3 days"), say("11月26日 周四", "Thu 26 Nov")),
            CardChoice(7, say("一周后", "In a week"), say("11月30日 周一", "Mon 30 Nov")),
            CardChoice(0, say("另选…", "Other…"), say("或 不再跟进", "or none")),
        ],
        key="Alt+D",
    )
    follow.choose(3)
    second = Choice([(1, "周到（待本人签名）"), (2, "钱二")], icon=Icon.PERSON_CHECK, nothing=say("选一位", "Choose"))
    second.choose(1)
    facts = Note(lines=3)
    facts.setText("今早 4 锅，成品 62 板，冰柜余 9 板。进货本：10 月黄豆 3 次共 31,500 元。")
    photos = PhotoStrip()
    photos.show_photos([Photo(number, _sample(colour)) for number, colour in enumerate(("#B7C7B0", "#D8C7A4"))])
    return Card(
        Tabs([(1, say("时间线", "Timeline")), (2, say("家庭", "Household")), (3, say("经营", "Business"))]),
        Grid(Field(say("见到的人", "People met"), met), Field(say("第二调查人", "Second officer"), second)),
        Field(say("事实", "Facts"), facts, hint=say("看到、听到、数过的", "seen, heard, counted")),
        Field(say("下次跟进", "Next follow-up"), follow, key="Alt+D"),
        Field(say("照片", "Photos"), photos, hint=say("2 张 • 已加密存本机", "2, encrypted here")),
        Line(Tick(say("这台电脑上记住我", "Remember me here"), on=True), Round(say("本机", "Here")), STRETCH, gap=24),
    )


def _conflict() -> QWidget:
    sides = [
        Side(
            "mine",
            Icon.LAPTOP,
            say("本机", "This laptop"),
            "138 0000 0001",
            say("你，今天 14:22", "You, today 14:22"),
            say("走访时当面记下", "Written down on the visit"),
        ),
        Side(
            "theirs",
            Icon.HEAD_OFFICE,
            say("总行", "Head office"),
            "138 0000 0009",
            say("周到，昨天 16:40", "Zhou Dao, yesterday 16:40"),
            say("柜面，开户时", "Counter"),
        ),
    ]
    choice = ValueChoice(1, say("手机号码", "Mobile number"), sides, first_digit=1)
    choice.choose("mine")
    return Card(choice)


def _owed() -> QWidget:
    bars = [DebtBar(), DebtBar(), DebtBar()]
    bars[0].show_share(
        say("36 个月", "36 months"), Decimal("65.26"), say("偏紧，需写理由", "tight"), Tone.AMBER, strong=True
    )
    bars[1].show_share(say("24 个月", "24 months"), Decimal("86.65"), say("超过 70 %", "over 70 %"), Tone.SEAL)
    bars[2].show_share(say("12 个月", "12 months"), Decimal("150.87"), say("超过 70 %", "over 70 %"), Tone.SEAL)
    target = TargetLine(say("走访", "Visits"))
    target.show_target("41", "/ 66", 41 / 66)
    return Card(
        KeyFigure(
            say("放款金额", "Disbursed"),
            "5,600,000.00",
            say("元", "CNY"),
            say("户均 62,921.35 元", "62,921.35 each"),
        ),
        Rule(),
        FigureLine(say("每月应还", "Each month"), "3,042.19", strong=True),
        FigureLine(say("首期利息", "First interest"), "500.00"),
        TotalLine(say("本息合计（元）", "Total (CNY)"), "109,519.01", big=False),
        *bars,
        target,
        heading=say("每月还多少", "Each month"),
        beside=say("随填随算", "as you type"),
    )


def _history() -> QWidget:
    return Card(
        Timeline(
            [
                Happening(
                    1,
                    Icon.LATER,
                    say("下次：调查走访", "Next: survey"),
                    say("今天 09:30", "today 09:30"),
                    say("看进货单与收款码流水", "Stock slips and takings"),
                    Tone.SKY,
                ),
                Happening(
                    2,
                    Icon.PHONE_CALL,
                    say("电话接触", "Phone"),
                    "11月22日 18:05",
                    say("老张说早上九点半做完第一锅豆腐，方便。", "Half past nine suits him."),
                    unsent=True,
                ),
                Happening(
                    3,
                    Icon.VISIT,
                    say("第一次走访 • 38 分钟", "First visit"),
                    "11月12日 14:02",
                    say("每天做 4 锅，两锅送镇上学校食堂；想添一台磨浆机。", "Four pots a day; wants a grinder."),
                ),
                Happening(4, Icon.HANDSHAKE, say("柜员 钱二 转介", "Referred"), "11月9日", tone=Tone.AMBER),
            ]
        ),
        heading=say("时间线", "Timeline"),
    )


def today() -> QWidget:
    """The Today page's list and side column, as the picture shows them."""
    model = RowModel()
    model.show(
        [
            Heading(say("逾期未跟进", "Overdue follow-ups"), Tone.SEAL, 2, say("先处理这里", "Start here")),
            Row(
                1,
                "王五",
                "第二次走访后未回话：额度够不够进货",
                "青石街 12 号 • 五金铺",
                When(say("晚 3 天", "3 d late"), Tone.SEAL),
                ChipLook(say("跟进", "Follow-up")),
            ),
            Row(
                2,
                "赵六",
                "补交近三个月电费单",
                "下河村 2 组 • 养鸭",
                When(say("晚 1 天", "1 d late"), Tone.SEAL),
                ChipLook(say("补资料", "Papers")),
            ),
            Heading(say("今天", "Today"), count=4, right=say("已完成 2 项", "2 done")),
            Row(3, "张三", "调查走访：看进货单、收款码流水", "上河村 3 组 • 豆腐坊", When("09:30")),
            Row(
                4,
                "孙七",
                "首次贷后检查：核对用款凭证",
                "上河村 1 组 • 茶农",
                When("10:40"),
                ChipLook(say("贷后", "Post-loan"), Ground.SKY),
            ),
            Row(
                5,
                "陈八",
                "逾期第 6 天，承诺今天还清本期",
                "青石街 31 号 • 早餐店",
                When("14:00"),
                ChipLook(say("承诺还款", "Promise"), Ground.AMBER),
                amount="2,150.00",
            ),
        ]
    )
    rows = RowList(
        model,
        row_height=54,
        actions=[
            Button(say("记走访", "Record visit"), Kind.FILLED, icon=Icon.VISIT, key="V", small=True),
            Button(say("改期", "Move"), key="R", small=True),
            icon_button(say("打电话", "Call"), Icon.PHONE, small=True),
        ],
    )
    rows.choose(3)
    promised = Card(
        FigureLine("陈八", "2,150.00"),
        FigureLine("周九", "4,040.00"),
        TotalLine(say("合计（元）", "Total (CNY)"), "6,190.00"),
        heading=say("今天承诺还款", "Promised for today"),
        beside=say("2 笔", "2"),
        gap=6,
    )
    month = Card(heading=say("本月", "This month"), beside=say("到 11月23日", "to 23 Nov"))
    for name, actual, target, share in (("走访", "41", "/ 66", 0.62), ("新增放款户", "8", "/ 12", 0.67)):
        line = TargetLine(name)
        line.show_target(actual, target, share)
        month.put(line)
    columns = SideBySide(Card(rows, margins=(0, 8)), Column(promised, month, STRETCH, gap=12))
    columns.stacked.connect(rows.set_whole)
    return Column(
        Header(
            say("今日", "Today"),
            say("11月23日 星期一", "Monday 23 November"),
            Button(say("按路线排", "By route"), icon=Icon.ROUTE),
            Button(say("打印今日清单", "Print the day"), icon=Icon.PRINT, key="Ctrl+P"),
        ),
        (columns, 1),
        gap=14,
    )


def _sample(colour: str) -> QImage:
    image = QImage(148, 104, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


if __name__ == "__main__":
    sys.exit(main())
