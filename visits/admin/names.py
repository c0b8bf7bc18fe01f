def full_name(user):
    """Who it was, in words: an account's page is not for everybody who reads its name."""
    return user.get_full_name() or user.get_username() if user else "–"
