"""The command `hippo`: parsing and printing only.

Exit codes: 0 all good, 1 a line of `hippo doctor` fails, 2 usage or configuration, 3 a download
failed (safe to repeat), 130 interrupted.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hippo.doctor import Finding
    from hippo.experiments import Experiment
    from hippo.experiments.outcome import Metric

__all__ = ["main"]

app = typer.Typer(
    help="Models of the hippocampus and of associative memory.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line."""
    app()


@app.command()
def run(
    name: Annotated[str | None, typer.Argument(help="Experiment; without it they are listed.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A small version in seconds; never downloads.")] = False,
    full: Annotated[bool, typer.Option("--full", help="More draws than were published.")] = False,
    device: Annotated[str, typer.Option(help="Torch device, such as cpu or cuda.")] = "cpu",
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=2**63 - 1, help="Seed of all random draws; without it the experiment's own."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the results; without it results/NAME.")] = None,
    config: Annotated[Path | None, typer.Option(help="TOML file with settings, as config.json names them.")] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", help="One setting, NAME=VALUE; repeatable.")] = None,
    show: Annotated[bool, typer.Option("--settings", help="List the settings and their values, run nothing.")] = False,
) -> None:
    """Run a published experiment: figures, CSV and metrics.json, and a table published | measured."""
    known = _experiments()
    if name is None:
        width = max(map(len, known))
        for key, entry in known.items():
            typer.echo(f"{key:<{width}}  {entry.summary}")
        return
    if name not in known:
        _fail(f"There is no experiment {name!r}; choose from {', '.join(known)}.")
    if quick and full:
        _fail("Choose one of --quick and --full.")
    from hippo.datasets import DataError, DownloadError
    from hippo.experiments.execution import configured, execute
    from hippo.experiments.settings import SettingsError, described

    folder = Path("results", name) if out is None else out
    try:
        preset = "QUICK" if quick else "FULL" if full else None
        chosen = configured(name, preset=preset, seed=seed, settings_file=config, settings=settings or ())
        if show:
            return _settings(name, described(chosen))
        _make_writable(folder)
        _check_device(device)
        outcome, images = execute(name, folder, chosen, device=device, download=not quick)
    except KeyboardInterrupt:
        _fail("Interrupted before the results were written; what was saved on the way is kept for the next run.", 130)
    except DownloadError as error:
        _fail(str(error), 3)
    except (DataError, SettingsError) as error:
        _fail(str(error))
    except (KeyError, ValueError) as error:
        if not (config or settings):
            raise
        _fail(f"{name} cannot run with these settings ({error}): see them with hippo run {name} --settings.")
    except OSError as error:
        _fail(f"The results could not be written to {folder}: {error.strerror or error}.")
    _table(f"{name}, on {images}" if images else name, outcome.metrics)
    typer.echo(f"Figures, {name}.csv and metrics.json are in {folder}.")


@app.command()
def data() -> None:
    """Show which data sets are here, and where."""
    from hippo.doctor import data_findings

    findings = data_findings()
    _show(findings)
    raise typer.Exit(0 if all(finding.good for finding in findings) else 1)


@app.command()
def doctor() -> None:
    """Show versions, device, data and write permission, and the cure of what fails."""
    from hippo.doctor import examine

    findings = examine(Path.cwd())
    _show(findings)
    raise typer.Exit(0 if all(finding.good for finding in findings) else 1)


def _experiments() -> Mapping[str, Experiment]:
    """All experiments; a package for students may have been made without them."""
    try:
        from hippo.experiments import EXPERIMENTS
    except ImportError as error:
        _fail(str(error))
    return EXPERIMENTS


def _check_device(device: str) -> None:
    import torch

    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, NotImplementedError):
        have = "cpu, cuda" if torch.cuda.is_available() else "cpu"
        _fail(f"There is no device {device!r} here; choose from {have}.")


def _make_writable(folder: Path) -> None:
    import tempfile

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        _fail(f"{folder} cannot be written to ({error.strerror}): choose another folder with --out.")


def _table(title: str, metrics: list[Metric]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title)
    table.add_column("quantity")
    table.add_column("published", justify="right")
    table.add_column("measured", justify="right")
    table.add_column("unit")
    table.add_column("note", overflow="fold")
    for metric in metrics:
        published = "–" if metric.published is None else f"{metric.published:.4g}"
        table.add_row(metric.name, published, f"{metric.measured:.4g}", metric.unit, metric.note)
    Console().print(table)


def _settings(title: str, rows: list[tuple[str, str, str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("setting", "value", "takes", title=f"{title}: settings for --set NAME=VALUE and --config FILE")
    for row in rows:
        table.add_row(*row)
    Console().print(table, markup=False)


def _show(findings: list[Finding]) -> None:
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        typer.echo(f"{'ok  ' if finding.good else 'FAIL'}  {finding.name:<{width}}  {finding.found}")
        if not finding.good:
            typer.echo(f"      {'':<{width}}  cure: {finding.cure}")


def _fail(message: str, code: int = 2) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)
