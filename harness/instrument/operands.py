"""What a hook gets of the stack for each instruction, and what instructions leave there."""

from __future__ import annotations

import dis
import sys
from typing import TypeAlias

_PY313 = sys.version_info >= (3, 13)
_PY315 = sys.version_info >= (3, 15)

# Methods of what a hook replaces -> that hook.
REPLACED_BY = {
    name: hook
    for hook, names in (
        ("lock_attribute", ("acquire", "release", "locked")),
        ("lock_attribute", ("acquire_lock", "release_lock", "locked_lock")),
        ("lock_attribute", ("_is_owned", "_recursion_count", "_release_save", "_acquire_restore")),
        ("lock_attribute", ("now", "utcnow", "today")),  # of the classes of dates
        ("queue_attribute", ("put", "put_nowait", "get", "get_nowait", "empty", "qsize")),
    )
    for name in names
}

# Written once, by the compiler's own code, and never by two threads; and what `super()` needs.
UNSHARED = frozenset(
    {
        "__annotate__",
        "__annotate_func__",
        "__annotations__",
        "__build_class__",
        "__class__",
        "__classcell__",
        "__classdict__",
        "__classdictcell__",
        "__conditional_annotations__",
        "__doc__",
        "__firstlineno__",
        "__module__",
        "__name__",
        "__qualname__",
        "__static_attributes__",
        "__type_params__",
        "super",
    }
)

# instruction -> the hook and the depths of its operands
_Operands: TypeAlias = dict[str, tuple[str, tuple[int, ...]]]
ON_ATTRIBUTES: _Operands = {
    "STORE_ATTR": ("write_attribute", (1, 2)),
    "DELETE_ATTR": ("delete_attribute", (1,)),
}
ON_NAMES: _Operands = {
    "LOAD_GLOBAL": ("read_name", ()),
    "LOAD_NAME": ("read_name", ()),
    "LOAD_FROM_DICT_OR_GLOBALS": ("read_name", ()),
    "STORE_GLOBAL": ("write_name", (1,)),
    "STORE_NAME": ("write_name", (1,)),
    "DELETE_GLOBAL": ("delete_name", ()),
    "DELETE_NAME": ("delete_name", ()),
}
ON_CELLS: _Operands = {  # the cell itself comes first
    "LOAD_DEREF": ("read_cell", ()),
    "LOAD_CLASSDEREF": ("read_cell", ()),
    "LOAD_FROM_DICT_OR_DEREF": ("read_cell", ()),
    "STORE_DEREF": ("write_cell", (1,)),
    "DELETE_DEREF": ("delete_cell", ()),
}
LOAD_CELL = "LOAD_FAST" if _PY313 else "LOAD_CLOSURE"
ON_ITEMS: _Operands = {
    "BINARY_OP": ("read_item", (2, 1)),
    "BINARY_SUBSCR": ("read_item", (2, 1)),
    "STORE_SUBSCR": ("write_item", (2, 1, 3)),
    "DELETE_SUBSCR": ("delete_item", (2, 1)),
}
ON_THE_STACK: _Operands = {
    "BINARY_SLICE": ("read_slice", (3,)),
    "STORE_SLICE": ("write_slice", (3, 4)),
    "CONTAINS_OP": ("contains", (1, 2)),
    "COMPARE_OP": ("operate", (2, 1)),
    "GET_ITER": ("iterate", (1,)),
    "GET_YIELD_FROM_ITER": ("iterate", (1,)),
    "FOR_ITER": ("step", (2,) if _PY315 else (1,)),  # on 3.15 the top is an index or NULL
    "SEND": ("delegate", (3,) if _PY315 else (2,)),
    "UNPACK_SEQUENCE": ("unpack", (1,)),
    "UNPACK_EX": ("unpack", (1,)),
    "GET_LEN": ("unpack", (1,)),
    "LIST_EXTEND": ("unpack", (1,)),
    "SET_UPDATE": ("unpack", (1,)),
    "DICT_UPDATE": ("unpack", (1,)),
    "DICT_MERGE": ("unpack", (1,)),
    "TO_BOOL": ("truth", (1,)),
    "CONVERT_VALUE": ("operate", (1, 1)),
    "FORMAT_SIMPLE": ("operate", (1, 1)),
    "FORMAT_WITH_SPEC": ("operate", (2, 2)),
}
if not _PY313:  # there is no TO_BOOL: a jump takes the truth value itself
    ON_THE_STACK |= {
        name: ("truth", (1,))
        for name in dis.opmap
        if name == "UNARY_NOT" or ("JUMP" in name and ("IF_TRUE" in name or "IF_FALSE" in name))
    }

HAS_SPEC = 4  # of FORMAT_VALUE: a format specification lies above the value
CONSTANTS = frozenset({"LOAD_CONST", "LOAD_SMALL_INT", "LOAD_COMMON_CONSTANT"})
# What these leave on the stack is new or cannot change, so that no other thread matters.
MAKE_A_SEQUENCE = CONSTANTS | {
    "BUILD_CONST_KEY_MAP",
    "BUILD_LIST",
    "BUILD_MAP",
    "BUILD_SET",
    "BUILD_TUPLE",
    "CALL_INTRINSIC_1",  # among others, a list to a tuple
    "LIST_TO_TUPLE",
    "POP_JUMP_FORWARD_IF_NONE",  # after matching a class or keys, which made a tuple
    "POP_JUMP_IF_NONE",
}
MAKE_ATOMS = CONSTANTS | {
    "CHECK_EXC_MATCH",
    "COMPARE_OP",
    "CONTAINS_OP",
    "IS_OP",
    "MATCH_MAPPING",
    "MATCH_SEQUENCE",
    "UNARY_NOT",
    "WITH_EXCEPT_START",  # what __exit__ returned: in effect a bool
}
WITHOUT_EFFECT = {
    "truth": MAKE_ATOMS,
    "unpack": MAKE_A_SEQUENCE,
    "operate": CONSTANTS,  # to compare a container with most of them is to look at nothing in it
}
MAKE_A_DECORATED = frozenset({"CALL", "CALL_KW", "MAKE_FUNCTION", "SET_FUNCTION_ATTRIBUTE"})
MAY_PUSH_NULL = frozenset({"LOAD_GLOBAL", "LOAD_ATTR", "LOAD_SUPER_ATTR"})
SLICED = {"read_item": ("read_slice", (2,)), "write_item": ("write_slice", (2, 3))}

INPLACE = range(13, 26)  # the arguments of BINARY_OP for += and the like
MULTIPLY = 5  # for *
SUBSCRIPT = 26  # and for [], since 3.14
EXIT = 1  # the argument of LOAD_SPECIAL for __exit__
COMMON_NONE = 7  # the argument of LOAD_COMMON_CONSTANT for None, since 3.15
RESUMED = 3  # the bits of the argument of RESUME that say after what
AT_A_YIELD = (0, 1)  # at the beginning, which a generator comes to when it is first asked; or there
