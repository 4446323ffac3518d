"""Runs twenty rules as SQL in DuckDB on the customers that onefold's live segments were made of from scratch.

    target/release/segments --peer FOLDER [customers] [events]
    python benches/peers/peer_duckdb.py FOLDER

Loading the tables does not count here, as making the profiles does not count there. Both use all processors.
"""

import json
import sys
import time
from pathlib import Path

import duckdb

folder = Path(sys.argv[1])
given = json.loads((folder / "queries.json").read_text())
db = duckdb.connect(":memory:")
types = "{'customer': 'BIGINT', 'at': 'BIGINT', 'name': 'VARCHAR', 'place': 'BIGINT', 'worth': 'BIGINT', 'sku': 'VARCHAR'}"
db.execute(f"CREATE TABLE events AS SELECT * FROM read_csv('{folder / 'events.csv'}', header = true, columns = {types})")
db.execute(f"CREATE TABLE customers AS SELECT range AS id FROM range({given['customers']})")

print("| rule | members | DuckDB |")
print("|---|---|---|")
whole = 0.0
agree = True
for query in given["queries"]:
    started = time.monotonic()
    members = len(db.execute(query["sql"]).fetchall())
    seconds = time.monotonic() - started
    whole += seconds
    agree &= members == query["members"]
    said = str(members) if members == query["members"] else f"{members}, onefold {query['members']}"
    print(f"| `{query['rule']}` | {said} | {seconds:.2f} s |")
print(f"\nDuckDB {duckdb.__version__}: {whole:.2f} s, onefold: {given['seconds']:.2f} s, ratio {whole / given['seconds']:.1f}")
sys.exit(0 if agree else 1)
