"""The line to the broker, with a cable that somebody may pull."""

from collections.abc import Sequence

from drivers.mqtt_broker import BrokerLine, MqttBroker
from kiosk.ports import DeviceAbsent, DeviceGone, Message


class Cable(MqttBroker):
    """Where it is pulled nothing goes and nobody is told; the broker finds out by itself."""

    def __init__(self, line: BrokerLine) -> None:
        super().__init__(line)
        self.pulled = False

    def open(
        self, will: Message, hears: Sequence[str] = (), recalls: Sequence[str] = (), of_others: Sequence[str] = ()
    ) -> None:
        if self.pulled:
            raise DeviceAbsent("broker: no network")
        super().open(will, hears, recalls, of_others)

    def publish(self, message: Message) -> None:
        self._judge()
        super().publish(message)

    def acknowledged(self, timeout: float) -> list[Message]:
        self._judge()
        return super().acknowledged(timeout)

    def close(self) -> None:
        if self.pulled:
            self.hang_up()
        super().close()

    def _judge(self) -> None:
        if self.pulled:
            self.hang_up()
            raise DeviceGone("broker: the cable was pulled")
