"""Whether this computer has a network, as the system tells it; which is not yet whether head office can be reached."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QNetworkInformation

_Reachability = QNetworkInformation.Reachability


class Network(QObject):
    """``appeared`` and ``vanished`` tell each change; ``metered`` whether the line is paid by the byte.

    ``metered_changed`` tells that.
    """

    appeared = Signal()
    vanished = Signal()
    metered_changed = Signal()

    @property
    def metered(self) -> bool:
        """What is not known is taken to be free."""
        return False


class SystemNetwork(Network):
    """The system's own word, by whichever backend of Qt loads: GLib, NetworkManager or ConnMan on Linux, the system's
    own on Windows and macOS.

    Where none loads nothing is ever told: synchronising then begins at the start, after each change and by the clock
    (docs/decisions/automatic-sync.md). ``backend`` is its name, empty without one.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.backend = ""
        if not QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Reachability):
            return
        information = QNetworkInformation.instance()
        if information is not None:
            self.backend = information.backendName()
            information.reachabilityChanged.connect(self.tell)
            information.isMeteredChanged.connect(self.metered_changed)

    @property
    def metered(self) -> bool:
        information = QNetworkInformation.instance() if self.backend else None
        return information is not None and information.isMetered()

    def tell(self, reachability: QNetworkInformation.Reachability) -> None:
        """Pass on what the system said. A network of unknown reach is not told of: it may be none."""
        if reachability in (_Reachability.Online, _Reachability.Site):
            self.appeared.emit()
        elif reachability is _Reachability.Disconnected:
            self.vanished.emit()
