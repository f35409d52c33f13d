-- The member stands.
RELEASE member
