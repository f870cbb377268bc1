"""Care for sources by hand: `examination` names a fault and mends it, `discovery` finds sources, `opml` exchanges lists."""
