"""Indexes that the pages of a whole district need, and statistics the application may ask for."""

import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models import Q

# The application's role owns nothing and its own ANALYZE is skipped without an error, so a bulk load would leave the
# planner guessing. The function changes no data; ANALYZE reads what its owner may read.
STATISTICS = """
CREATE OR REPLACE FUNCTION renben_statistics() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog AS $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename LOOP
        EXECUTE format('ANALYZE public.%I', name);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0012_employer_keys")]

    operations = [
        migrations.RemoveIndex("person", "person_org_pinyin"),
        migrations.AddIndex(
            "person",
            models.Index(fields=["organization", "id"], condition=Q(merged_into=None), name="person_org_newest"),
        ),
        # New entries go straight into the index: a search never has to read a list of pending ones.
        migrations.RemoveIndex("person", "person_search_keys"),
        migrations.AddIndex(
            "person",
            django.contrib.postgres.indexes.GinIndex(
                fields=["search_keys"], name="person_search_keys", fastupdate=False
            ),
        ),
        migrations.RunSQL(STATISTICS, "DROP FUNCTION renben_statistics();"),
    ]
