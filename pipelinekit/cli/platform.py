import click


@click.group()
def platform() -> None:
    """x"""
