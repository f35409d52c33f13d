-- They stand.
RELEASE pushed
