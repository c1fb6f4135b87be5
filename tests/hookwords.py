"""What charts write as the moments of a hook, and whether Helm makes it for `helm test` alone."""

HOOKS = {
    "test": True,
    "test-success": True,
    "Test": True,
    " TEST-success , test": True,
    "pre-install": False,
    "Pre-Install , post-upgrade": False,
}
