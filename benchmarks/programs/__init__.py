"""The programs that papers on concurrency testing measure themselves by, as plain `threading`.

One file a program, written anew from the suites' descriptions: SCTBench (CS, CHESS, misc), RADBench,
Inspect, CB, and the examples of "Optimal Dynamic Partial Order Reduction" (POPL 2014). A module's
`body` is the program at its usual size; where the size matters, a function makes a body of another.
`EXPECTED` says how it fails, and with how few switches.
"""

from programs import (
    account,
    arithmetic_prog,
    bluetooth_driver,
    bounded_buffer,
    carter01,
    circular_buffer,
    counter,
    deadlock01,
    fsbench,
    lazy01,
    phase01,
    philosophers,
    queue_flags,
    rad_double_free,
    read_write_lock,
    reorder,
    stack,
    string_buffer,
    sync01,
    sync02,
    token_ring,
    twostage,
    work_stealing_queue,
    wronglock,
)

# The programs whose best published figures are known: name -> (body, kind of failure, switches).
PAR = {
    "arithmetic_prog": (arithmetic_prog.body, *arithmetic_prog.EXPECTED),
    "sync01": (sync01.body, *sync01.EXPECTED),
    "sync02": (sync02.body, *sync02.EXPECTED),
    "phase01": (phase01.body, *phase01.EXPECTED),
    "lazy01": (lazy01.body, *lazy01.EXPECTED),
    "token_ring": (token_ring.body, *token_ring.EXPECTED),
    "deadlock01": (deadlock01.body, *deadlock01.EXPECTED),
    "stack": (stack.body, *stack.EXPECTED),
    "reorder_3": (reorder.reorder(2, 1), *reorder.EXPECTED),
    "reorder_4": (reorder.reorder(3, 1), *reorder.EXPECTED),
    "reorder_5": (reorder.reorder(4, 1), *reorder.EXPECTED),
    "reorder_10": (reorder.reorder(9, 1), *reorder.EXPECTED),
    "reorder_20": (reorder.reorder(10, 10), *reorder.EXPECTED),
    "reorder_50": (reorder.reorder(49, 1), *reorder.EXPECTED),
    "reorder_100": (reorder.reorder(99, 1), *reorder.EXPECTED),
    "WSQ": (work_stealing_queue.body, *work_stealing_queue.EXPECTED),
    "counter 2x1": (counter.counter(2, 1), *counter.EXPECTED),
    "counter 2x2": (counter.counter(2, 2), *counter.EXPECTED),
    "counter 3x1": (counter.counter(3, 1), *counter.EXPECTED),
}

# Others of the same suites.
OTHERS = {
    "account": (account.body, *account.EXPECTED),
    "bluetooth_driver": (bluetooth_driver.body, *bluetooth_driver.EXPECTED),
    "bounded_buffer": (bounded_buffer.body, *bounded_buffer.EXPECTED),
    "carter01": (carter01.body, *carter01.EXPECTED),
    "circular_buffer": (circular_buffer.body, *circular_buffer.EXPECTED),
    "fsbench": (fsbench.body, *fsbench.EXPECTED),
    "philosophers_2": (philosophers.philosophers(2), "DeadlockError", 1),
    "philosophers_3": (philosophers.philosophers(3), "DeadlockError", 2),
    "philosophers_5": (philosophers.philosophers(5), "DeadlockError", 4),
    "philosophers_7": (philosophers.philosophers(7), "DeadlockError", 6),
    "queue_flags": (queue_flags.body, *queue_flags.EXPECTED),
    "rad_double_free": (rad_double_free.body, *rad_double_free.EXPECTED),
    "read_write_lock": (read_write_lock.body, *read_write_lock.EXPECTED),
    "string_buffer": (string_buffer.body, *string_buffer.EXPECTED),
    "twostage": (twostage.body, *twostage.EXPECTED),
    "twostage_20": (twostage.twostage(10, 10), *twostage.EXPECTED),
    "twostage_100": (twostage.twostage(99, 1), *twostage.EXPECTED),
    "wronglock_1+1": (wronglock.wronglock(1, 1), *wronglock.EXPECTED),
    "wronglock": (wronglock.body, *wronglock.EXPECTED),
    "wronglock_3": (wronglock.wronglock(1, 3), *wronglock.EXPECTED),
}
