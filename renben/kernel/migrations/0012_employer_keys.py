"""Employers on file get the keys they are found by."""

from django.db import migrations


def fill_keys(apps, schema_editor):
    """Employers that are on file get what follows from their names and telephones."""
    from renben.kernel import crypto, employers
    from renben.kernel.employer_names import plain_name
    from renben.kernel.pinyin import initials, pinyin_key

    Employer = apps.get_model("kernel", "Employer")
    Contact = apps.get_model("kernel", "EmployerContact")
    phones = {}
    for contact in Contact.objects.exclude(phone_enc="").order_by("id"):
        number = crypto.decrypt(contact.phone_enc, employers.CONTACT_PHONE)
        phones.setdefault(contact.employer_id, []).append(number)
    batch = []
    for employer in Employer.objects.order_by("id").iterator(2000):
        employer.plain_name = plain_name(employer.name)
        employer.pinyin, employer.initials = pinyin_key(employer.name)[:600], initials(employer.name)[:100]
        employer.search_keys = employers.search_keys_for(
            uscc=employer.uscc, names=[employer.name], phones=[employer.phone, *phones.get(employer.pk, [])]
        )
        batch.append(employer)
        if len(batch) == 1000:
            Employer.objects.bulk_update(batch, ["plain_name", "pinyin", "initials", "search_keys"])
            batch = []
    if batch:
        Employer.objects.bulk_update(batch, ["plain_name", "pinyin", "initials", "search_keys"])


class Migration(migrations.Migration):
    dependencies = [("kernel", "0011_employer_merge")]

    operations = [migrations.RunPython(fill_keys, migrations.RunPython.noop)]
