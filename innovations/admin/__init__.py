from innovations.admin import agency, award, innovation, source, voices

__all__ = ["agency", "award", "innovation", "source", "voices"]
