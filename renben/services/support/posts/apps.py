from django.apps import AppConfig


class PostsConfig(AppConfig):
    name = "renben.services.support.posts"
    label = "public_posts"
    verbose_name = "公益性岗位"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from renben.services.records import facts
        from renben.services.support.posts import again, late_figures, merging, policy_view

        merging.load()
        again.load()
        late_figures.listen()
        policy_view.load()
        facts.provide("public_post", "renben.services.support.posts.case_facts:printed")
