"""POPL 2014 lastzero: each writer makes its cell one more than the one before; a reader looks for a zero."""

from threading import Thread


class Cell:
    def __init__(self):
        self.value = 0


def write(cells, j):
    cells[j].value = cells[j - 1].value + 1


def find_last_zero(cells):
    at = len(cells) - 1
    while cells[at].value:
        at -= 1
    return at


def lastzero(writers):
    def body():
        cells = tuple(Cell() for _ in range(writers + 1))
        threads = [Thread(target=find_last_zero, args=(cells,))]
        threads += [Thread(target=write, args=(cells, j)) for j in range(1, writers + 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return body


body = lastzero(5)
