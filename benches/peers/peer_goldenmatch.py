"""Deduplicates or links files with GoldenMatch, without labels.

Writes the clusters to OUT.csv and prints one line of JSON. The ways to run it:

  zero            zero configuration, as its documentation begins
  fs              its Fellegi-Sunter mode, configured by itself
  fs-unobserved   the same, a missing value being no evidence
  fs-half         the same as fs, linking from a probability of 0.5 on
  fs-both         both
"""

import argparse
import csv
import json
import logging
import os
import resource
import time
import warnings

# No memory of earlier runs: each run stands alone.
os.environ["GOLDENMATCH_AUTOCONFIG_MEMORY"] = "0"

import goldenmatch
import pyarrow

WAYS = ["zero", "fs", "fs-unobserved", "fs-half", "fs-both"]


def read(path, leave_out):
    """The rows, and a table of text without the columns that must not be compared."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file, skipinitialspace=True))
    columns = [column for column in rows[0] if column not in leave_out]
    table = {
        column: pyarrow.array([row[column].strip() or None for row in rows], pyarrow.string())
        for column in columns
    }
    return rows, pyarrow.table(table)


def configured(table, way):
    """The configuration of a way; none for zero."""
    if way == "zero":
        return None
    config = goldenmatch.auto_configure_probabilistic_df(table)
    for key in config.get_matchkeys():
        if way in ("fs-unobserved", "fs-both"):
            key.missing = "unobserved"
        if way in ("fs-half", "fs-both"):
            key.link_threshold = 0.5
    return config


def dedupe(table, way):
    """The label of each row that has one, and the number of scored pairs."""
    result = goldenmatch.dedupe_df(
        table, config=configured(table, way), confidence_required=False
    )
    labels = {
        row: cluster for cluster, found in result.clusters.items() for row in found["members"]
    }
    return labels, len(result.scored_pairs)


def link(tables, way):
    """The same for two tables; the rows of the second are numbered behind those of the first."""
    left, right = tables
    result = goldenmatch.match_df(
        left,
        right,
        config=configured(pyarrow.concat_tables(tables), way),
        confidence_required=False,
    )
    matched = result.matched
    if matched is None:
        return {}, 0
    pairs = list(
        zip(matched["__target_row_id__"].to_pylist(), matched["__ref_row_id__"].to_pylist())
    )
    parent = {}

    def root(row):
        while parent.get(row, row) != row:
            row = parent[row]
        return row

    for one, other in pairs:
        parent[root(other)] = root(one)
    return {row: root(row) for pair in pairs for row in pair}, len(pairs)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--id", required=True)
    parser.add_argument("--ignore", action="append", default=[])
    parser.add_argument("--link", action="store_true", help="each file is free of duplicates")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    started = time.monotonic()
    warnings.simplefilter("ignore")
    logging.disable(logging.ERROR)

    rows, tables = [], []
    for path in args.files:
        more, table = read(path, {args.id, *args.ignore})
        rows += more
        tables.append(table)
    labels, pairs = link(tables, args.way) if args.link else dedupe(tables[0], args.way)

    with open(args.out, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow([args.id, "cluster_id"])
        for number, row in enumerate(rows):
            out.writerow([row[args.id], labels.get(number, f"alone-{number}")])
    print(
        json.dumps(
            {
                "seconds": time.monotonic() - started,
                "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                "pairs": pairs,
            }
        )
    )


if __name__ == "__main__":
    main()
