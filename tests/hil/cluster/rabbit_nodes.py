"""Three RabbitMQ nodes of Debian trixie on 127.0.0.1 to .3, with the shipped configuration."""

import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

from kiosk.office.brokers.certificates import Authority
from kiosk.office.brokers.names import names_of
from kiosk.office.brokers.rabbitmq import as_text, definitions

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[2]
SHIPPED = REPOSITORY / "firmware_config/broker/cluster"
ROOT = REPOSITORY / "build/cluster-root"
NODES = {"a": "127.0.0.1", "b": "127.0.0.2", "c": "127.0.0.3"}
EPMD_PORT, DIST_PORTS = "14369", {"a": 25681, "b": 25682, "c": 25683}
MQTT, AMQP = 8883, 5671
STARTS_S = 120


class RabbitNodes:
    """`folder` gets the authority and its certificates, those of `names` too."""

    def __init__(self, folder: Path, names: list[str]) -> None:
        subprocess.run([HERE / "make_root.sh", ROOT], check=True, timeout=600)
        self.authority, self._names = folder / "authority", names
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._epmd: subprocess.Popen[bytes] | None = None
        shutil.rmtree(ROOT / "nodes", ignore_errors=True)
        made = Authority(self.authority)
        for name in names_of(names):
            made.client(name, 30)
        for node, host in NODES.items():
            self._lay_out(node, made, host)

    def __enter__(self) -> Self:
        [program] = ROOT.glob("usr/lib/erlang/erts-*/bin/epmd")
        command: list[str | Path] = [
            "chroot",
            ROOT,
            f"/{program.relative_to(ROOT)}",
            "-port",
            EPMD_PORT,
            "-address",
            "127.0.0.1",
        ]
        self._epmd = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *command], stdin=subprocess.DEVNULL)
        for node in NODES:
            self.start(node)
        for node in NODES:
            self.await_serving(node)
        return self

    def __exit__(self, *_: object) -> None:
        for node in list(self._processes):
            self.kill(node)
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd.wait()

    def start(self, node: str) -> None:
        with (ROOT / "nodes" / node / "said").open("ab") as said:
            self._processes[node] = subprocess.Popen(
                [HERE / "run_node.sh", ROOT, node, str(DIST_PORTS[node])],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def kill(self, node: str) -> None:
        """As when its machine fails."""
        process = self._processes.pop(node)
        for each in reversed(_below(process.pid)):
            subprocess.run(["kill", "-KILL", str(each)], stderr=subprocess.DEVNULL)
        process.wait()

    def await_serving(self, node: str) -> None:
        end = time.monotonic() + STARTS_S
        while True:
            try:
                for port in (MQTT, AMQP):
                    socket.create_connection((NODES[node], port), timeout=1).close()
            except OSError:
                if time.monotonic() > end or self._processes[node].poll() is not None:
                    raise
                time.sleep(0.2)
            else:
                return

    def ask(self, node: str, program: str, *words: str) -> str:
        """What `rabbitmqctl` or its like says."""
        tool = f"/usr/lib/rabbitmq/bin/{program}"
        told = ["env", "-i", "PATH=/usr/bin:/bin", f"HOME=/nodes/{node}", "LANG=C.UTF-8", f"ERL_EPMD_PORT={EPMD_PORT}"]
        command: list[str | Path] = ["chroot", ROOT, *told, tool, "--quiet", "--node", f"{node}@localhost", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout

    def most_memory_mb(self, node: str) -> int:
        """The most that it ever had."""
        found = 0
        for each in _below(self._processes[node].pid):
            lines = Path(f"/proc/{each}/status").read_text().splitlines()
            found = max([found, *(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))])
        return found // 1024

    def _lay_out(self, node: str, authority: Authority, host: str) -> None:
        folder = ROOT / "nodes" / node
        (folder / "kiosk").mkdir(parents=True)
        served = authority.server(host, 30)
        for found, name in ((served.certificate, "server.pem"), (served.key, "server.key")):
            shutil.copy(found, folder / "kiosk" / name)
        shutil.copy(self.authority / "ca.pem", folder / "kiosk/ca.pem")
        (folder / "kiosk/definitions.json").write_text(as_text(definitions(names_of(self._names))))
        shutil.copy(SHIPPED / "enabled_plugins", folder)
        (folder / "rabbitmq.conf").write_text(_here((SHIPPED / "rabbitmq.conf").read_text(), node, host))
        cookie = folder / ".erlang.cookie"
        cookie.write_text("OFTHETEST")
        cookie.chmod(0o400)


def _here(shipped: str, node: str, host: str) -> str:
    """The shipped file, where three nodes share a machine."""
    text = shipped.replace("/etc/rabbitmq/", f"/nodes/{node}/")
    text = text.replace("listeners.ssl.default = ", f"listeners.ssl.1 = {host}:")
    for number, name in enumerate(NODES, 1):
        text = text.replace(f"rabbit@node-{number}", f"{name}@localhost")
    return text


def _below(pid: int) -> list[int]:
    """It and all that it started."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [pid, *(each for child in children for each in _below(int(child)))]
