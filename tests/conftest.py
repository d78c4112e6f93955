"""What holds in every test session, however it was started."""

import signal

# A shell without job control starts background programs with SIGINT ignored, and each child inherits that:
# no test could end anything with Ctrl-C. A handler of our own is not inherited; children have the default again.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
