"""All threads read what nobody writes; a lock makes the threads meet."""

from dataclasses import dataclass
from threading import Lock, Thread

SMALL = True


@dataclass(frozen=True)
class Config:
    host: str = "localhost"
    port: int = 80


def body():
    config, lock, seen = Config(), Lock(), []

    def read():
        address = f"{config.host}:{config.port}"
        with lock:
            seen.append(address)

    threads = [Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == ["localhost:80"] * 2
