"""The procedure engine: written procedures of catalog/procedures/ run as cases with steps, limits and papers.

Interface (keyword-only; each call is one transaction; the audit row is written last):

    from renben.engines.procedures import actions, queries
    actions.start(procedure_id=, organization=, by=, person=None, employer=None, data=None, parent=None, on=None) -> Case
    actions.start_many(procedure_id=, organization=, by=, subjects=[(person, data), ...], on=None) -> list[Case]
    actions.act(step_id=, outcome=, by=, data=None, reason="", on=None, received=()) -> Done | Blocked
        data: values of the step's fields by name (strings of a form or typed values); received: names of evidence
        handed in with this act. An approving outcome needs the evidence and runs the step's action.
    actions.return_for_correction(step_id=, missing=[name], reason=, by=, approved_by=None) -> OneTimeNotice | Blocked
    actions.resume_after_correction(step_id=, by=, received=(), on=None) -> Done | Blocked
    actions.pause(step_id=, kind=, reason=, by=) / resume(step_id=, by=)
    actions.refuse(step_id=, reason=, article=, appeal=, by=) -> Done | Blocked
    actions.hand_over(case_id=, to_organization=, by=, reason=) -> list[Case] | Blocked
    actions.withdraw(case_id=, by=, reason=) / undo(step_id=, by=) / claim(step_id=, by=) / release(step_id=, by=)
    actions.receive_evidence(case_id=, step_key=, name=, by=, file=None, note="", state="received", due_on=None)
    actions.record_anchor(case_id=, anchor=, on=, by=)       a date that limits count from
    actions.recompute_due(dates=[...]) -> list[Moved]         after the work calendar changed
    actions.open_follow_up(case=, kind=, on=, by=) / clear_follow_up(person=, event=, kind="", outcome=, note=, by=)
    definitions.sync_definitions(catalog_dir=None) -> list[Definition]     idempotent; keeps what was approved on screen
    definitions.current(procedure_id) / in_force(on=None)     the versions of a day
    drafts.open_draft(procedure_id=, by=, organization=) / save_draft(draft_id=, edits=, by=, revision=) / submit(... reason=)
    drafts.approve(draft_id=, by=, opinion="") / reject(...) / activate(draft_id=, by=, active_from=) / withdraw(draft_id=, by=)
        raise drafts.DraftRefused (a sentence) or drafts.Refused (sentences by field)

What a service offers, in `renben/services/<m>/catalog.py` (settings.CATALOG_MODULES), as strings "module:function":
    ACTIONS = {"registration.register_unemployment": "renben.services.registration.steps:register_unemployment"}
    UNDO_ACTIONS, GUARDS, FIELD_SOURCES (same shape), FORMS = [...], LEDGERS = [...]
    action: `run(ctx: contracts.StepContext) -> contracts.Done(outcome, refs, facts, anchors) | Blocked([Reason(...)])`
        ctx.case, ctx.person, ctx.organization, ctx.facts (all facts of the case), ctx.data (this act's), ctx.by,
        ctx.on (date), ctx.at, ctx.reason. Do not write audit rows in it: the engine writes one for the whole act.
    guard: `(ctx) -> list[Reason]`; undo: like an action; field source: `(case) -> value`.

Reading: queries.procedure_of(case) (schema.Procedure), checklist(step), known_values(step), blocked_by(step, by=, outcome=),
steps_due(scope_paths, until, roles=None, limit=None), open_steps(scope_paths), my_open_steps(user), signal(step),
signal_counts(scope_paths), timeline(journey_id), journey(case), open_case(person, procedure_id),
follow_ups_due(scope_paths, until). Picture: svg.to_svg(procedure, {step key: state}, element_id=).
Evidence rows exist only for what was received, missing, waived or deferred; `checklist` shows the whole list.
A field with a `source_fact` that nobody typed is filled from its source when the step is acted on.
"""
