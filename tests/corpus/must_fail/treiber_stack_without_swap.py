"""A linked stack whose push reads the head and then replaces it."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


class Node:
    def __init__(self, value, below):
        self.value = value
        self.below = below


class Stack:
    def __init__(self):
        self.head = None

    def push(self, value):
        self.head = Node(value, self.head)

    def __len__(self):
        size, node = 0, self.head
        while node is not None:
            size, node = size + 1, node.below
        return size


def body():
    stack = Stack()
    threads = [Thread(target=stack.push, args=(value,)) for value in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stack) == 2
