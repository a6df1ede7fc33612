"""Two files of one firm become one: whoever spoke for either speaks for the kept one, and what they left behind goes along."""

from __future__ import annotations

from renben.kernel import employer_merge
from renben.services.placement.space import requests
from renben.services.placement.space.models import EmployerRequest
from tests.channels.employer.conftest import contact_of, signed_in


def test_an_account_of_the_merged_file_goes_on_with_the_kept_one(firm):
    other = firm.desk.firm("顺通（北京）物流有限公司")
    client = signed_in(contact_of(other, "吴强"))
    other.contacts.create(name="周海燕", user=firm.user)
    requests.ask(employer=other, kind="guidance", text="怎么签合同", by=firm.user)
    employer_merge.merge_employers(kept=firm.employer, merged=other, reason="两次建档", by=firm.desk.clerk)
    assert "北京顺通物流有限公司，您好" in client.get("/employer/").content.decode()
    assert "怎么签合同" in firm.page("/employer/requests/")
    assert EmployerRequest.objects.get().employer == firm.employer
    running = firm.employer.contacts.filter(user=firm.user, left_on=None)
    assert running.count() == 1, "one contact for one account"


def test_the_account_moves_to_the_same_person_at_the_kept_file(firm):
    other = firm.desk.firm("顺通（北京）物流有限公司")
    client = signed_in(contact_of(other, "吴强"))
    known = firm.employer.contacts.create(name="吴强")
    employer_merge.merge_employers(kept=firm.employer, merged=other, reason="两次建档", by=firm.desk.clerk)
    known.refresh_from_db()
    assert known.user_id is not None and client.get("/employer/").status_code == 200
