"""POPL 2014 filesystem: threads allocate blocks for inodes; only from the fourteenth on do any meet."""

from threading import Lock, Thread

INODES = 32
BLOCKS = 26


class Inode:
    def __init__(self):
        self.lock = Lock()
        self.block = 0


class Block:
    def __init__(self):
        self.lock = Lock()
        self.busy = False


def allocate(inodes, blocks, number):
    inode = inodes[number % INODES]
    with inode.lock:
        if inode.block:
            return
        at = (number * 2) % BLOCKS
        while True:
            block = blocks[at]
            with block.lock:
                if not block.busy:
                    block.busy = True
                    inode.block = at + 1
                    return
            at = (at + 1) % BLOCKS


def filesystem(threads):
    def body():
        inodes = tuple(Inode() for _ in range(INODES))
        blocks = tuple(Block() for _ in range(BLOCKS))
        workers = [
            Thread(target=allocate, args=(inodes, blocks, number)) for number in range(threads)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    return body


body = filesystem(14)
