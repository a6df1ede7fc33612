"""Ground floor: clock and calendar, identity, regions, organizations, people, employers, audit, permissions, numbering."""
