"""Runs queries in SQLite and in DuckDB, and prints the ids that each returns.

Reads {"script": [statement], "rows": {table: [row]}, "queries": {database: [query]}} from standard input and prints
{database: [[id]]}, without a database that is not installed.
"""

import json
import sqlite3
import sys

given = json.load(sys.stdin)


def run(database, connection):
    for statement in given["script"]:
        connection.execute(statement)
    for table, rows in given["rows"].items():
        places = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
    return [[row[0] for row in connection.execute(query).fetchall()] for query in given["queries"][database]]


answers = {"sqlite": run("sqlite", sqlite3.connect(":memory:"))}
try:
    import duckdb

    answers["duckdb"] = run("duckdb", duckdb.connect(":memory:"))
except ImportError:
    pass
json.dump(answers, sys.stdout)
