"""A field is checked, then it is None."""

from threading import Thread

EXPECTED = ("AttributeError", 1)


class Socket:
    def send(self):
        return 1


class Client:
    def __init__(self):
        self.socket = Socket()

    def send(self):
        if self.socket is not None:
            self.socket.send()

    def disconnect(self):
        self.socket = None


def body():
    client = Client()
    threads = [Thread(target=client.send), Thread(target=client.disconnect)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
