"""Replays the right actions of tau2-bench's retail tasks on its database: does the database end as it should, with no model?

The tools are written after the domain's policy text. For each of the 74 train tasks the actions of its criteria are applied by
`synthloop.evaluate.database_state` to the 1,000 orders, 500 users and 50 products. Checked: every action is allowed (one is not: it takes
more from a gift card than is left, which the policy forbids; its task is left out of the rest); the id of the database afterwards is the
same when it is done again; it differs from the start where there is a change; it differs whenever one change is left out, unless it
sets what is set already or a later one overwrites it; it is the same with the changes in another order where they touch different orders
and users and no shared gift card; refused calls in between leave no trace.

Run: python benchmarks/tau_retail.py; the data is found through SYNTHLOOP_DATA (default: ../shared/data).
"""

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from data_sets import read_jsonl
from synthloop.core.conversation import ToolCall
from synthloop.core.errors import UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.transcript import Turn
from synthloop.evaluate.database_state import identify_state, replay_actions, same_as_replay

Row = dict[str, Any]
Database = dict[str, dict[str, Row]]
REASONS = ("no longer needed", "ordered by mistake")


def apply(state: JsonValue, name: str, arguments: Mapping[str, Any]) -> None:
    """Do what one tool does; tools that only read change nothing."""
    database: Any = state
    if name not in READING:
        CHANGES[name](database, **arguments)


def cancel_pending_order(database: Database, order_id: str, reason: str) -> None:
    order = find_order(database, order_id, "pending")
    demand(reason in REASONS, f"{reason!r} is no accepted reason")
    for payment in list(order["payment_history"]):
        pay_back(database, order, payment["payment_method_id"], payment["amount"])
    order.update(status="cancelled", cancel_reason=reason)


def modify_pending_order_items(
    database: Database, order_id: str, item_ids: Sequence[str], new_item_ids: Sequence[str], payment_method_id: str
) -> None:
    order = find_order(database, order_id, "pending")
    pairs = pair_items(database, order, item_ids, new_item_ids)
    settle(database, order, payment_method_id, sum(new["price"] - old["price"] for old, new in pairs))
    for old, new in pairs:
        old.update(item_id=new["item_id"], price=new["price"], options=new["options"])
    order["status"] = "pending (items modified)"


def modify_pending_order_payment(database: Database, order_id: str, payment_method_id: str) -> None:
    order = find_order(database, order_id, "pending")
    paid = order["payment_history"][-1]
    demand(paid["payment_method_id"] != payment_method_id, "it is paid by that method already")
    charge(database, order, payment_method_id, paid["amount"])
    pay_back(database, order, paid["payment_method_id"], paid["amount"])


def modify_pending_order_address(database: Database, order_id: str, **address: str) -> None:
    order = find_order(database, order_id, "pending")
    order["address"] = dict(address)


def modify_user_address(database: Database, user_id: str, **address: str) -> None:
    database["users"][user_id]["address"] = dict(address)


def return_delivered_order_items(database: Database, order_id: str, item_ids: Sequence[str], payment_method_id: str) -> None:
    order = find_order(database, order_id, "delivered")
    pick_items(order, item_ids)
    method = find_method(database, order, payment_method_id)
    original = order["payment_history"][0]["payment_method_id"]
    demand(method["source"] == "gift_card" or payment_method_id == original, "a refund goes to the original method or a gift card")
    order.update(status="return requested", return_items=sorted(item_ids), return_payment_method_id=payment_method_id)


def exchange_delivered_order_items(
    database: Database, order_id: str, item_ids: Sequence[str], new_item_ids: Sequence[str], payment_method_id: str
) -> None:
    order = find_order(database, order_id, "delivered")
    pairs = pair_items(database, order, item_ids, new_item_ids)
    difference = round(sum(new["price"] - old["price"] for old, new in pairs), 2)
    method = find_method(database, order, payment_method_id)
    demand(method["source"] != "gift_card" or method["balance"] >= difference, "the gift card has too little left")
    order.update(
        status="exchange requested",
        exchange_items=sorted(item_ids),
        exchange_new_items=sorted(new_item_ids),
        exchange_payment_method_id=payment_method_id,
        exchange_price_difference=difference,
    )


def demand(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)


def find_order(database: Database, order_id: str, status: str) -> Row:
    order = database["orders"][order_id]
    demand(order["status"] == status, f"order {order_id} is {order['status']}, not {status}")
    return order


def find_method(database: Database, order: Row, payment_method_id: str) -> Row:
    return database["users"][order["user_id"]]["payment_methods"][payment_method_id]


def pick_items(order: Row, item_ids: Sequence[str]) -> list[Row]:
    """Return the order's items with these ids; an id that stands twice is there twice."""
    left = list(order["items"])
    picked: list[Row] = []
    for item_id in item_ids:
        found = next((item for item in left if item["item_id"] == item_id), None)
        if found is None:
            raise ValueError(f"item {item_id} is not in the order")
        left.remove(found)
        picked.append(found)
    return picked


def pair_items(database: Database, order: Row, item_ids: Sequence[str], new_item_ids: Sequence[str]) -> list[tuple[Row, Row]]:
    """Return (item, what it becomes) pairs: another available item of the same product."""
    demand(len(item_ids) == len(new_item_ids), "each item needs one new item")
    pairs: list[tuple[Row, Row]] = []
    for item, new_id in zip(pick_items(order, item_ids), new_item_ids, strict=True):
        new = database["products"][item["product_id"]]["variants"].get(new_id)
        if new is None or not new["available"]:
            raise ValueError(f"item {new_id} is no available item of the same product")
        pairs.append((item, new))
    return pairs


def settle(database: Database, order: Row, payment_method_id: str, difference: float) -> None:
    difference = round(difference, 2)
    if difference > 0:
        charge(database, order, payment_method_id, difference)
    elif difference < 0:
        pay_back(database, order, payment_method_id, -difference)
    else:
        find_method(database, order, payment_method_id)


def charge(database: Database, order: Row, payment_method_id: str, amount: float) -> None:
    method = find_method(database, order, payment_method_id)
    if method["source"] == "gift_card":
        demand(method["balance"] >= amount, "the gift card has too little left")
        method["balance"] = round(method["balance"] - amount, 2)
    order["payment_history"].append({"transaction_type": "payment", "amount": amount, "payment_method_id": payment_method_id})


def pay_back(database: Database, order: Row, payment_method_id: str, amount: float) -> None:
    method = find_method(database, order, payment_method_id)
    if method["source"] == "gift_card":
        method["balance"] = round(method["balance"] + amount, 2)
    order["payment_history"].append({"transaction_type": "refund", "amount": amount, "payment_method_id": payment_method_id})


READING = frozenset(
    {
        "calculate",
        "find_user_id_by_email",
        "find_user_id_by_name_zip",
        "get_item_details",
        "get_order_details",
        "get_product_details",
        "get_user_details",
        "list_all_product_types",
        "transfer_to_human_agents",
    }
)
CHANGES: Mapping[str, Callable[..., None]] = {
    function.__name__: function
    for function in (
        cancel_pending_order,
        exchange_delivered_order_items,
        modify_pending_order_address,
        modify_pending_order_items,
        modify_pending_order_payment,
        modify_user_address,
        return_delivered_order_items,
    )
}


def read_database() -> JsonValue:
    database: dict[str, JsonValue] = {}
    for row in read_jsonl("tau_domains/retail_db.jsonl"):
        table: Any = database.setdefault(row["table"], {})
        table[row["id"]] = row["row"]
    return database


def read_tasks() -> dict[str, list[ToolCall]]:
    """Return task -> its right actions, in order."""
    tasks = [task for task in read_jsonl("tau_domains/tasks_train.jsonl") if task["domain"] == "retail"]
    return {
        str(task["id"]): [ToolCall(name=action["name"], arguments=action["arguments"]) for action in task["criteria"]["actions"] or ()]
        for task in tasks
    }


def find_refused(database: JsonValue, actions: Sequence[ToolCall]) -> str:
    """Return why right actions are not allowed; empty where they are."""
    try:
        replay_actions(database, actions, apply)
    except UsageError as error:
        return str(error)
    return ""


def list_touched(database: Any, action: ToolCall) -> set[str]:
    """Return what an action reads or changes: its order or its user's address, and gift cards that money may go to or come from."""
    order_id = str(action.arguments.get("order_id", ""))
    if not order_id:
        return {str(action.arguments["user_id"])}
    order = database["orders"][order_id]
    used = {str(action.arguments.get("payment_method_id", "")), *(paid["payment_method_id"] for paid in order["payment_history"])}
    return {order_id, *(method for method in used if method.startswith("gift_card"))}


def are_independent(database: JsonValue, actions: Sequence[ToolCall]) -> bool:
    touched = [list_touched(database, action) for action in actions]
    return sum(map(len, touched)) == len(set[str]().union(*touched))


def is_overwritten(change: ToolCall, later: Sequence[ToolCall]) -> bool:
    """Tell whether an address is changed again later."""
    owner = "user_id" if "user_id" in change.arguments else "order_id"
    return change.name.endswith("address") and any(
        each.name == change.name and each.arguments[owner] == change.arguments[owner] for each in later
    )


def changes_nothing(database: JsonValue, before: Sequence[ToolCall], change: ToolCall) -> bool:
    """Tell whether an action sets what is set already."""
    state = replay_actions(database, before, apply)
    return identify_state(replay_actions(state, [change], apply)) == identify_state(state)


def check(database: JsonValue, tasks: Mapping[str, list[ToolCall]]) -> dict[str, list[bool]]:
    """Return what was checked -> whether it held, a case each."""
    start = identify_state(database)
    nonsense = ToolCall(name="cancel_pending_order", arguments={"order_id": "#W0", "reason": "no longer needed"})
    found: dict[str, list[bool]] = {}

    def note(what: str, *, held: bool) -> None:
        found.setdefault(what, []).append(held)

    for actions in tasks.values():
        end = identify_state(replay_actions(database, actions, apply))
        changes = [action for action in actions if action.name in CHANGES]
        note("replayed again: the same id", held=identify_state(replay_actions(database, actions, apply)) == end)
        note("the database differs from the start exactly where there is a change", held=(end != start) == bool(changes))
        note("without the reading actions it is the same", held=identify_state(replay_actions(database, changes, apply)) == end)
        for place, change in enumerate(changes):
            same = identify_state(replay_actions(database, [*changes[:place], *changes[place + 1 :]], apply, refuse=False)) == end
            if is_overwritten(change, changes[place + 1 :]) or changes_nothing(database, changes[:place], change):
                note("a change left out that does nothing, or that a later one overwrites: it is the same", held=same)
            else:
                note("one change left out: it differs", held=not same)
        if len(changes) > 1 and are_independent(database, changes):
            note(
                "independent changes in reverse: it is the same", held=identify_state(replay_actions(database, changes[::-1], apply)) == end
            )
        turns = [Turn(role="user", text="hi"), Turn(role="app", text="done", tool_calls=(nonsense, *actions, nonsense))]
        note("refused calls in between: `same_as_replay` holds", held=same_as_replay(turns, start=database, gold=actions, apply=apply))
    return found


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    database, tasks = read_database(), read_tasks()
    changes = sum(action.name in CHANGES for actions in tasks.values() for action in actions)
    print(f"{len(tasks)} tasks, {sum(map(len, tasks.values()))} actions, {changes} of them changes")
    started = time.process_time()
    refused = {name: why for name, actions in tasks.items() if (why := find_refused(database, actions))}
    print(f"  {len(tasks) - len(refused):4d} of {len(tasks):4d}  every action is allowed")
    for name, why in refused.items():
        print(f"       task {name}: {why}")
    for what, held in check(database, {name: actions for name, actions in tasks.items() if name not in refused}).items():
        print(f"  {sum(held):4d} of {len(held):4d}  {what}")
    print(f"  {time.process_time() - started:.1f} CPU s")


if __name__ == "__main__":
    main()
