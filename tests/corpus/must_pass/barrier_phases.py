"""Nobody reads before everybody has written."""

from threading import Barrier, Thread

SMALL = True


def body():
    barrier = Barrier(2)
    written, sums = [0, 0], []

    def work(me):
        written[me] = me + 1
        barrier.wait()
        sums.append(written[0] + written[1])

    threads = [Thread(target=work, args=(me,)) for me in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sums == [3, 3]
