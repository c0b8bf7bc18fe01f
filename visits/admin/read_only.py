class ReadOnly:
    """For an admin, or an inline, of what comes about elsewhere: it is looked at here."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False
