"""The amqtt broker without its listener, plugins, noise and one fault; imports amqtt, which the demo extra brings."""

import asyncio
import contextlib
import logging
from typing import Any

from amqtt.adapters import StreamReaderAdapter, StreamWriterAdapter
from amqtt.broker import Broker

_log = logging.getLogger(__name__)
_LISTENER = "default"
_SHUTDOWN_S = 5.0


class Engine(Broker):  # type: ignore[misc]
    """An amqtt broker that is handed its connections and loads no plugin but the one that admits everybody."""

    def __init__(self) -> None:
        # Its loggers speak of each connection that breaks, and here they break on purpose.
        for name in ("amqtt", "transitions"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        super().__init__(
            {
                "listeners": {_LISTENER: {"type": "external"}},
                "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
            }
        )
        self._writers: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, until it goes or `close` is called."""
        self._writers.add(writer)
        try:
            await self.external_connected(StreamReaderAdapter(reader), StreamWriterAdapter(writer), _LISTENER)
        except Exception as error:
            # The library raises whatever a broken connection or a strange first packet makes it raise.
            _log.debug("embedded broker: %r", error)
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def restore(self, retained: list[Any]) -> None:
        """Retains again what `close` of an earlier engine returned."""
        for message in retained:
            await self.retain_message(None, message.topic, message.data, message.qos)

    async def close(self) -> list[Any]:
        """All connections die at once; what was retained before that, as their wills would change it."""
        retained = list(self.retained_messages.values())
        for writer in list(self._writers):
            writer.transport.abort()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.shutdown(), _SHUTDOWN_S)
        return retained

    async def _publish_retained_messages_for_subscription(self, subscription: tuple[str, int], session: Any) -> None:
        # amqtt 0.12.1 sends each client that connects what is retained for everybody's subscriptions.
        subscribers = self.subscriptions.get(subscription[0], [])
        if any(other.client_id == session.client_id for other, _ in subscribers):
            await super()._publish_retained_messages_for_subscription(subscription, session)
