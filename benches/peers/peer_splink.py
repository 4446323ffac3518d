"""Deduplicates or links files with Splink on DuckDB, without labels.

Writes the clusters at each threshold to OUT/THRESHOLD.csv and prints one line of JSON.
"""

import argparse
import csv
import json
import logging
import os
import resource
import time
import warnings

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on


def read(con, path, name, prepare):
    """A table of the file, every value trimmed text, empty ones missing."""
    raw = con.read_csv(path, header=True, all_varchar=True)
    columns = ", ".join(
        f"nullif(trim(\"{column}\"), '') AS \"{column.strip()}\"" for column in raw.columns
    )
    raw.create_view(f"raw_{name}")
    con.sql(f"CREATE TABLE trimmed_{name} AS SELECT {columns} FROM raw_{name}")
    con.sql(f"CREATE TABLE prepared_{name} AS {prepare.format(table=f'trimmed_{name}')}")
    return con.table(f"prepared_{name}")


def exact_by_rarity(column):
    return cl.ExactMatch(column).configure(term_frequency_adjustments=True)


def name_by_rarity(column):
    return cl.NameComparison(column).configure(term_frequency_adjustments=True)


class Recipe:
    """What an expert writes for one kind of table."""

    prepare = "SELECT * FROM {table}"
    # Training on a rule skips the comparisons of its columns, so that two rules train all of them.
    max_pairs = 1e7


class Historical(Recipe):
    """Splink's tutorial for these persons."""

    prepare = "SELECT *, first_name || ' ' || surname AS first_name_surname FROM {table}"
    blocking = [
        block_on("substr(first_name,1,3)", "substr(surname,1,4)"),
        block_on("surname", "dob"),
        block_on("first_name", "dob"),
        block_on("postcode_fake", "first_name"),
        block_on("postcode_fake", "surname"),
        block_on("dob", "birth_place"),
        block_on("substr(postcode_fake,1,3)", "dob"),
        block_on("substr(postcode_fake,1,3)", "first_name"),
        block_on("substr(postcode_fake,1,3)", "surname"),
        block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
    ]
    comparisons = [
        cl.ForenameSurnameComparison(
            "first_name", "surname", forename_surname_concat_col_name="first_name_surname"
        ),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        cl.PostcodeComparison("postcode_fake"),
        exact_by_rarity("birth_place"),
        exact_by_rarity("occupation"),
    ]
    sure = [
        block_on("first_name", "surname", "dob"),
        block_on("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)"),
        block_on("dob", "postcode_fake"),
    ]
    recall_of_sure = 0.6
    training = [block_on("first_name", "surname"), block_on("dob")]


class Fake(Recipe):
    blocking = [block_on(column) for column in ("first_name", "surname", "dob", "email")]
    comparisons = [
        name_by_rarity("first_name"),
        name_by_rarity("surname"),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        exact_by_rarity("city"),
        cl.EmailComparison("email").configure(term_frequency_adjustments=True),
    ]
    sure = [block_on("first_name", "surname", "dob"), block_on("email")]
    recall_of_sure = 0.7
    training = [block_on("first_name", "surname"), block_on("dob")]


class Febrl(Recipe):
    blocking = [
        block_on(column)
        for column in ("soc_sec_id", "given_name", "surname", "date_of_birth", "postcode")
    ]
    comparisons = [
        cl.NameComparison("given_name"),
        cl.NameComparison("surname"),
        cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
        cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
        exact_by_rarity("street_number"),
        exact_by_rarity("postcode"),
    ]
    sure = [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")]
    recall_of_sure = 0.9
    training = [block_on("date_of_birth"), block_on("postcode")]


class People(Recipe):
    """The sample of onefold. The preparation is what an expert does before linking: lower case, no
    accents, telephone numbers by their last nine digits, postcodes without spaces."""

    prepare = r"""
        SELECT *, first_name || ' ' || last_name AS full_name FROM (SELECT * REPLACE (
            lower(strip_accents(first_name)) AS first_name,
            lower(strip_accents(last_name)) AS last_name,
            lower(email) AS email,
            nullif(right(regexp_replace(phone, '\D', '', 'g'), 9), '') AS phone,
            lower(strip_accents(street)) AS street,
            lower(strip_accents(city)) AS city,
            upper(replace(postcode, ' ', '')) AS postcode
        ) FROM {table})"""
    blocking = [
        block_on("email"),
        block_on("phone"),
        block_on("first_name", "last_name"),
        block_on("first_name", "birthdate"),
        block_on("last_name", "birthdate"),
        block_on("first_name", "postcode"),
        block_on("last_name", "postcode"),
        block_on("birthdate", "postcode"),
        block_on("split_part(email,'@',1)"),
    ]
    comparisons = [
        cl.ForenameSurnameComparison(
            "first_name", "last_name", forename_surname_concat_col_name="full_name"
        ),
        cl.DateOfBirthComparison("birthdate", input_is_string=True),
        cl.EmailComparison("email").configure(term_frequency_adjustments=True),
        exact_by_rarity("phone"),
        cl.LevenshteinAtThresholds("postcode", [1]).configure(term_frequency_adjustments=True),
    ]
    sure = [
        block_on("first_name", "last_name", "birthdate"),
        block_on("first_name", "last_name", "email"),
        block_on("first_name", "last_name", "phone"),
    ]
    recall_of_sure = 0.7
    training = [
        block_on("first_name", "last_name"),
        block_on("birthdate"),
        block_on("last_name", "postcode"),
    ]


RECIPES = {"historical": Historical, "fake": Fake, "febrl": Febrl, "people": People}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("recipe", choices=RECIPES)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--id", required=True)
    parser.add_argument("--link", action="store_true", help="each file is free of duplicates")
    parser.add_argument("--threshold", type=float, action="append", required=True)
    parser.add_argument("--out", required=True, help="a folder")
    args = parser.parse_args()
    started = time.monotonic()
    warnings.simplefilter("ignore")
    logging.getLogger("splink").setLevel(logging.ERROR)

    recipe = RECIPES[args.recipe]
    con = duckdb.connect()
    names = [os.path.splitext(os.path.basename(path))[0] for path in args.files]
    tables = [read(con, path, name, recipe.prepare) for path, name in zip(args.files, names)]
    api = DuckDBAPI(con)
    frames = [api.register(table, dataset_display_name=name) for table, name in zip(tables, names)]
    linker = Linker(
        frames if args.link else frames[0],
        SettingsCreator(
            link_type="link_only" if args.link else "dedupe_only",
            unique_id_column_name=args.id,
            blocking_rules_to_generate_predictions=recipe.blocking,
            comparisons=recipe.comparisons,
            retain_matching_columns=False,
        ),
        log_level=logging.ERROR,
    )
    linker.training.estimate_probability_two_random_records_match(
        recipe.sure, recall=recipe.recall_of_sure
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=recipe.max_pairs, seed=1)
    for rule in recipe.training:
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=True
        )
    pairs = linker.inference.predict()

    os.makedirs(args.out, exist_ok=True)
    for threshold in args.threshold:
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            pairs, threshold_match_probability=threshold
        )
        rows = clusters.as_duckdbpyrelation().project(f'"{args.id}", cluster_id').fetchall()
        with open(os.path.join(args.out, f"{threshold}.csv"), "w", newline="") as file:
            out = csv.writer(file)
            out.writerow([args.id, "cluster_id"])
            out.writerows(rows)
    print(
        json.dumps(
            {
                "seconds": time.monotonic() - started,
                "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                "pairs": len(pairs.as_duckdbpyrelation()),
            }
        )
    )


if __name__ == "__main__":
    main()
