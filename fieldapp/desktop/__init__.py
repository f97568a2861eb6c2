'''The screens: Qt widgets over the services, and the only room that imports PySide6.

How a page is written
---------------------
A page is a ``Page`` (``page.py``) made of the parts in ``components``. It holds no rule and no record that it has not
just asked for; it never touches disk, network or PDF on the UI thread: ``shell.jobs.run`` does, and a failure goes to
the fields it names (``Form``) or to ``shell.explain``.

::

    class CallPage(Page):
        """Note a call: who, what was said, when to call again."""

        title = Sentence("Note a call")

        def __init__(self, shell: Shell, calls: Calls, today: Callable[[], date]) -> None:
            super().__init__(shell)
            self._calls = calls
            self._save = Button(lambda: tr("Save the call"), Kind.FILLED, icon=Icon.CHECK, key="Ctrl+Return")
            self._how = Segmented([(how, how.words) for how in Channel], first_digit=1)
            self._said = Note(lines=4)
            self._next = DateField(today)
            self._form = Form(
                channel=Field(lambda: tr("How"), self._how, key="Alt 1–4"),
                note=Field(lambda: tr("What was said"), self._said, hint=lambda: tr("facts, not opinion")),
                next_date=Field(lambda: tr("Call again"), self._next),
            )
            self._past = Timeline()
            main = Card(*self._form.fields(), STRETCH, gap=14)
            side = Column(Card(self._past, heading=lambda: tr("Earlier")), STRETCH)
            header = Header(lambda: tr("Note a call"), "", self._save)
            fill_with(self, Column(header, (ScrollPage(SideBySide(main, side)), 1), gap=14))
            self._save.clicked.connect(self._record)
            self.dress()

        def shown(self, **where: object) -> None:
            self._prospect = where["prospect"]
            self.shell.jobs.run(partial(self._calls.of, self._prospect), done=self._show, failed=self.shell.explain)

        def first_focus(self) -> QWidget:
            return self._how

        def _record(self) -> None:
            draft = CallDraft(self._prospect, self._how.value(), self._said.text(), self._next.value())
            self.shell.jobs.run(partial(self._calls.record, draft), done=self._recorded, failed=self._refused)

        def _recorded(self, call: Call) -> None:
            self.shell.toast(lambda: tr("Call noted"), lambda: tr("Only on this laptop"))
            self.shell.go_back()

        def _refused(self, error: Exception) -> None:
            if not self._form.show(error):
                self.shell.explain(error)

It joins the window as ``PageEntry("call", lambda shell: CallPage(shell, calls, today), Sentence("Note a call"))``; with
an ``icon`` the rail shows it.

Rules that keep the look
------------------------
- Texts are ``Words``: ``lambda: tr("…")`` or ``Sentence("…")`` follow the language, a bare ``str`` is somebody's name.
- Sizes are logical pixels of the design; components scale them. Never ``setStyleSheet`` (a
  window of its own is dressed by ``look.clothe``), never a colour outside tokens.
- ``retranslate`` and ``restyle`` are only needed where a page sets a text or a size by hand; call ``dress()`` last.
- One FILLED button a page; every button a verb; keys by ``key=``; single letters only outside of typing.
- A Column wants a ``STRETCH`` at its end unless something in it grows. Nothing is as wide as its text demands: Text
  with ``elide`` or ``wrap``. A page that may be taller than the window lies in a ``ScrollPage``; its header stays out.
- Never show a parentless widget (``show``, ``setVisible(True)``): it would be a window. Put it in a layout first.
'''

from fieldapp.desktop.steady_none import keep_none

keep_none()
