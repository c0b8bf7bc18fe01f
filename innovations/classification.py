"""How Indonesian law classifies regional innovation.

Form, initiator and stage: Peraturan Pemerintah 38/2017 and the yearly Innovative Government Award
forms; type: the Ministry of Home Affairs' index of regional innovation (2022). Government affairs:
Undang-Undang 23/2014, article 12 (concurrent affairs), and its supporting functions.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Form(models.TextChoices):
    GOVERNANCE = "governance", _("Governance")
    PUBLIC_SERVICE = "public_service", _("Public service")
    OTHER = "other", _("Other form")


class Type(models.TextChoices):
    DIGITAL = "digital", _("Digital")
    NON_DIGITAL = "non_digital", _("Non-digital")


class Stage(models.TextChoices):
    INITIATIVE = "initiative", _("Initiative")
    TRIAL = "trial", _("Trial")
    IMPLEMENTATION = "implementation", _("Implementation")


class Initiator(models.TextChoices):
    HEAD_OF_REGION = "head_of_region", _("Head of region")
    COUNCIL = "council", _("Member of the regional council")
    CIVIL_SERVANT = "civil_servant", _("Civil servant")
    AGENCY = "agency", _("Agency")
    COMMUNITY = "community", _("Community")


class GovernmentAffair(models.TextChoices):
    EDUCATION = "education", _("Education")
    HEALTH = "health", _("Health")
    PUBLIC_WORKS = "public_works", _("Public works and spatial planning")
    HOUSING = "housing", _("Housing and settlements")
    PUBLIC_ORDER = "public_order", _("Public order and protection of the community")
    SOCIAL = "social", _("Social affairs")
    LABOUR = "labour", _("Labour")
    WOMEN_CHILDREN = "women_children", _("Women's empowerment and child protection")
    FOOD = "food", _("Food")
    LAND = "land", _("Land")
    ENVIRONMENT = "environment", _("Environment")
    CIVIL_REGISTRATION = "civil_registration", _("Population administration")
    COMMUNITY_EMPOWERMENT = "community_empowerment", _("Empowerment of communities and villages")
    FAMILY_PLANNING = "family_planning", _("Population control and family planning")
    TRANSPORT = "transport", _("Transport")
    INFORMATICS = "informatics", _("Communication and informatics")
    SMALL_BUSINESS = "small_business", _("Cooperatives and small business")
    INVESTMENT = "investment", _("Investment")
    YOUTH_SPORT = "youth_sport", _("Youth and sport")
    STATISTICS = "statistics", _("Statistics")
    CRYPTOGRAPHY = "cryptography", _("Information security")
    CULTURE = "culture", _("Culture")
    LIBRARIES = "libraries", _("Libraries")
    ARCHIVES = "archives", _("Archives")
    FISHERIES = "fisheries", _("Marine affairs and fisheries")
    TOURISM = "tourism", _("Tourism")
    AGRICULTURE = "agriculture", _("Agriculture")
    FORESTRY = "forestry", _("Forestry")
    ENERGY = "energy", _("Energy and mineral resources")
    TRADE = "trade", _("Trade")
    INDUSTRY = "industry", _("Industry")
    TRANSMIGRATION = "transmigration", _("Transmigration")
    PLANNING = "planning", _("Planning")
    FINANCE = "finance", _("Finance")
    PERSONNEL = "personnel", _("Personnel, education and training of civil servants")
    RESEARCH = "research", _("Research and development")
    OTHER_FUNCTION = "other_function", _("Other supporting function")
