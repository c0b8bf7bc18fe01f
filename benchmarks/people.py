"""Made-up people of delegations, what they are sent, and what they say and take up afterwards."""

import datetime
import itertools

from benchmarks import names
from innovations.models import Question
from visits.models import (
    Adoption,
    AskedQuestion,
    Feedback,
    FollowUp,
    GroupPass,
    InnovationFeedback,
    Message,
    Participant,
    Visit,
)

S = Visit.Status
ATTENDED_SHARE, FEEDBACK_SHARE, ADOPTION_SHARE, QUESTION_SHARE = 0.92, 0.15, 0.1, 0.03
# Feedback and questions came with the portal.
FIRST_FEEDBACK = datetime.date(2024, 1, 8)
MONTH = datetime.timedelta(days=31)
SUBJECTS = {
    "request_received": "Permohonan Anda sudah kami terima: {reference}",
    "visit_confirmed": "Kunjungan Anda disetujui: {reference}",
    "visit_declined": "Permohonan Anda belum dapat kami penuhi: {reference}",
    "visit_cancelled": "Kunjungan dibatalkan: {reference}",
    "feedback_wanted": "Terima kasih atas kunjungan Anda: {reference}",
}
TEXT = """Yth. {name},

{subject}.
Jumlah peserta: {number} orang. Rombongan: {organisation}.

Semua tentang kunjungan ini ada pada tautan pribadi Anda: [[private-link]]
Mohon simpan surel ini dan jangan meneruskan tautannya kepada orang lain.

Portal Inovasi Contoh
"""
# The kinds of messages by what came of the request.
SENT = {
    S.DECLINED: ["request_received", "visit_declined"],
    S.CANCELLED: ["request_received", "visit_cancelled"],
    S.CONFIRMED: ["request_received", "visit_confirmed"],
    S.COMPLETED: ["request_received", "visit_confirmed", "feedback_wanted"],
}


class People:
    """Stores what belongs to visits that are stored already, with `listed` people each."""

    def __init__(self, store, rng, writer, officers, today):
        self.store, self.rng, self.writer = store, rng, writer
        self.officers, self.today = officers, today
        self.adopters = {}

    def store_all(self, visits) -> None:
        """`visits` are triples of visit, plan, and its stops."""
        came = self._participants(visit for visit, _plan, _stops in visits)
        self.store.rows(
            Message,
            itertools.chain.from_iterable(self._messages(visit) for visit, _plan, _s in visits),
        )
        self.store.rows(
            GroupPass,
            [self._pass(visit) for visit, _plan, _stops in visits if visit.status == S.CONFIRMED],
        )
        over = [
            (visit, [stop for stop in stops if stop.answer == "accepted"])
            for visit, _plan, stops in visits
            if visit.status == S.COMPLETED
        ]
        self._feedback(over, came)
        adopted = self._adoptions(over)
        self.store.rows(FollowUp, self._follow_ups(over, adopted))
        self._questions(over)

    def _participants(self, visits):
        """Store the lists; by visit, those who came."""
        came = {}
        listed = (
            self._participant(visit, position)
            for visit in visits
            for position in range(1, visit.listed + 1)
        )
        for participant in self.store.rows(Participant, listed):
            if participant.attended_at:
                came.setdefault(participant.visit_id, []).append(participant)
        return came

    def _participant(self, visit, position):
        attended = visit.status == S.COMPLETED and self.rng.random() < ATTENDED_SHARE
        participant = Participant(
            visit_id=visit.pk,
            position=position,
            name=names.person(self.rng),
            institution=visit.organisation,
            job_title=self.rng.choice(names.JOB_TITLES),
            attended_at=visit.updated_at if attended else None,
            checked_in_by_id=self.officers[0].pk if attended else None,
        )
        participant.make_link()
        return participant

    @staticmethod
    def _pass(visit):
        group_pass = GroupPass(visit=visit)
        group_pass.make_link()
        return group_pass

    def _messages(self, visit):
        for number, kind in enumerate(SENT.get(visit.status, ["request_received"])):
            subject = SUBJECTS[kind].format(reference=visit.reference)
            text = TEXT.format(
                name=visit.contact_name,
                subject=subject,
                number=visit.expected_participants,
                organisation=visit.organisation,
            )
            written = min(visit.created_at + datetime.timedelta(days=2 * number), visit.updated_at)
            yield Message(
                visit_id=visit.pk,
                kind=kind,
                to=visit.contact_email,
                language=visit.language,
                subject=subject,
                text=text,
                html=f"<p>{text.replace(chr(10), '<br>')}</p>",
                status=Message.Status.SENT,
                attempts=1,
                created_at=written,
                next_attempt_at=written,
                sent_at=written + datetime.timedelta(seconds=self.rng.randint(1, 30)),
            )

    def _feedback(self, over, came):
        given, stops_of = [], []
        for visit, stops in over:
            if visit.held_on < FIRST_FEEDBACK:
                continue
            for participant in came.get(visit.pk, ()):
                if self.rng.random() < FEEDBACK_SHARE:
                    given.append(self._one_feedback(visit, participant))
                    stops_of.append(stops)
        self.store.rows(Feedback, given)
        self.store.rows(
            InnovationFeedback,
            [
                InnovationFeedback(
                    feedback=feedback,
                    innovation_id=stop.innovation_id,
                    usefulness=self.rng.choice([2, 3, 4, 4, 5, 5]),
                )
                for feedback, stops in zip(given, stops_of, strict=True)
                for stop in stops
            ],
        )

    def _one_feedback(self, visit, participant):
        return Feedback(
            visit=visit,
            participant=participant,
            rating=self.rng.choice([2, 3, 4, 4, 5, 5]),
            good=self.writer.line(200) if self.rng.random() < 0.4 else "",
            better=self.writer.line(200) if self.rng.random() < 0.2 else "",
            created_at=visit.updated_at,
        )

    def _adoptions(self, over):
        """Store what was taken up, some of it learned from an earlier adopter; whose visits."""
        new = []
        for visit, stops in over:
            if stops and self.rng.random() < ADOPTION_SHARE:
                new.append(self._adoption(visit, self.rng.choice(stops)))
        self.store.rows(Adoption, new)
        for adoption in new:
            if adoption.confirmed_at:
                self.adopters[adoption.innovation_id] = adoption
        return {adoption.visit_id for adoption in new}

    def _adoption(self, visit, stop):
        reported = visit.updated_at + 3 * MONTH
        confirmed = self.rng.random() < 0.7
        learned = confirmed and self.rng.random() < 0.3
        return Adoption(
            visit=visit,
            innovation_id=stop.innovation_id,
            learned_from=self.adopters.get(stop.innovation_id) if learned else None,
            organisation=visit.organisation,
            province=visit.province,
            state=self.rng.choices(Adoption.State.values, [30, 30, 33, 7])[0],
            since=str(visit.held_on.year),
            evidence=self.writer.line(200) if self.rng.random() < 0.5 else "",
            reported_at=reported,
            changed_at=reported,
            confirmed_at=reported + datetime.timedelta(days=5) if confirmed else None,
            confirmed_by=self.officers[2] if confirmed else None,
        )

    def _follow_ups(self, over, adopted):
        """The last of the questions that are due: the ones before are not asked any more."""
        for visit, _stops in over:
            due = [
                months
                for months in FollowUp.MONTHS
                if visit.held_on <= self.today - months * MONTH
            ]
            if due:
                asked = visit.updated_at + due[-1] * MONTH
                yield FollowUp(
                    visit=visit,
                    months=due[-1],
                    asked_at=asked,
                    answered_at=asked if visit.pk in adopted else None,
                )

    def _questions(self, over):
        asked = [
            (visit, self._question(visit, self.rng.choice(stops)))
            for visit, stops in over
            if stops and visit.held_on >= FIRST_FEEDBACK and self.rng.random() < QUESTION_SHARE
        ]
        self.store.rows(Question, [question for _visit, question in asked])
        self.store.rows(
            AskedQuestion,
            [
                AskedQuestion(visit=visit, question=question, told_at=question.created_at)
                for visit, question in asked
            ],
        )

    def _question(self, visit, stop):
        answered = self.rng.random() < 0.9
        moderation = Question.Moderation.PUBLISHED if answered else Question.Moderation.WAITING
        return Question(
            innovation_id=stop.innovation_id,
            text=self.writer.paragraph(2),
            moderation=moderation,
            answer=self.writer.paragraph(2) if answered else "",
            answered_on=visit.updated_at.date() if answered else None,
            created_at=visit.updated_at,
        )
