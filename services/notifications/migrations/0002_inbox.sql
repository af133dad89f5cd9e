-- An office reads its inbox in the order of publishing; from a notice to its place in it.
CREATE INDEX feed_position ON feed (position);
