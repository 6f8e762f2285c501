/*
 * The life of foster as a model, for spin: the loop, the two ladders, forwarding and reaping on one side, a kernel that merges signals and the
 * processes below on the other. Each step of foster's bears the name of its function in src; tests/model.bats compares names and enums.
 *
 * Time is left out: a wait with an end may end at any moment, one without never does. What is chosen once at the beginning (PLAN) stands for
 * the options. Everything is explored: each order of deaths, stops, signals and wake-ups.
 */

/* ---- as in src/plan.h and src/life.h, in the same order ---- */

mtype:verb = { FORWARD, STOP_UNLESS_TAKEN, SUSPEND, DROP, STOP, QUIT }
mtype:scope = { TOP, CHILD, GROUP, EVERYONE }
mtype:until = { UNTIL_CHILD, UNTIL_ALL, UNTIL_ALL_LAST, UNTIL_ALL_WORST, UNTIL_QUIT }
mtype:phase = { LIVING, CLEARING, OVER }

/* ---- the plan ---- */

mtype:verb on_term, on_usr1
mtype:until lasts /* plan->until */
bool pid1, stop_ladder, leftovers_ladder, signal_fd
bool bears             /* the worker does, later */
bool crowds            /* those that are left may be so many that the kernel shall reap them */
bool endless           /* the wait between the two rungs for what is left over */

/* ---- the kernel: processes, and what waits for them. CAME came in by docker exec: its parent is outside ---- */

#define PROGRAM 0 /* the child */
#define WORKER  1 /* of the child's, an orphan after it */
#define SPAWN   2 /* the worker's own, born late */
#define CAME    3 /* in a namespace of ours; there the late one would change nothing */
#define ALL     4

mtype:state = { RUNS, STOPPED, ZOMBIE, GONE }
#define NONE 0
mtype:state state[ALL]
bool ours[ALL]         /* foster is its parent */
bool term[ALL], usr1[ALL], kills[ALL]
bool stubborn[ALL]     /* ignores TERM */
bool undying[ALL]      /* and not even KILL ends it */
bool unreported        /* the child's stop, not waited for yet */
bool by_tstp           /* it stopped itself as a job does */
bool chld, asked_term, sent_usr1 /* wait for foster; a second one of a number merges with the first */

#define exists(i)  (state[i] == RUNS || state[i] == STOPPED || state[i] == ZOMBIE)
#define lives(i)   (state[i] == RUNS || state[i] == STOPPED)
#define all_gone   (!exists(PROGRAM) && !exists(WORKER) && !exists(SPAWN) && (!pid1 || !exists(CAME)))
#define all_dead   (!lives(PROGRAM) && !lives(WORKER) && !lives(SPAWN) && (!pid1 || !lives(CAME)))
#define ours_dead  ((ours[PROGRAM] && state[PROGRAM] == ZOMBIE) || (ours[WORKER] && state[WORKER] == ZOMBIE) || (ours[SPAWN] && state[SPAWN] == ZOMBIE))

/* ---- foster's life, as far as it can be seen from outside; the rest is `loop`'s own, below ---- */

mtype:phase phase = LIVING
bool by_kernel         /* SIGCHLD is ignored: who dies is gone at once, and nobody is told; who was a zombie stays one */
bool forwarded         /* USR1 has reached the program */
bool suspended

/* ---- kill(2) ---- */

#define SIGTERM 1
#define SIGKILL 2
#define SIGUSR1 3
#define SIGCONT 4

inline kernel_signal(i, s)
{
	if
	:: !lives(i) -> skip
	:: else ->
		if
		:: s == SIGTERM -> term[i] = true
		:: s == SIGKILL -> kills[i] = true
		:: s == SIGUSR1 -> usr1[i] = true; forwarded = forwarded || i == PROGRAM
		:: s == SIGCONT && state[i] == STOPPED -> state[i] = RUNS; unreported = false
		:: else
		fi
	fi
}

/* ---- src/deliver.c, src/send.c ---- */

inline send_all(s)
{
	to = PROGRAM;
	do
	:: to <= SPAWN -> kernel_signal(to, s); to++
	:: else -> break
	od;
	if
	:: pid1 -> kernel_signal(CAME, s)
	:: else
	fi
}

inline reap_look()
{
	if
	:: child && unreported -> unreported = false; stopped_by = true; stopped_news = true
	:: else
	fi
}

inline to_scope(scope, s)
{
	if
	:: scope == EVERYONE || !child -> send_all(s)
	:: else ->
		assert(state[PROGRAM] != GONE); /* its number is nobody else's */
		kernel_signal(PROGRAM, s)
	fi
}

inline deliver(scope, s)
{
	if
	:: s == SIGTERM -> reap_look() /* what rouses */
	:: else
	fi;
	to_scope(scope, s);
	if
	:: s == SIGTERM && (scope == EVERYONE || stopped_by) -> to_scope(scope, SIGCONT); stopped_by = false
	:: else
	fi
}

/* ---- src/ladder.c: TERM, a wait, KILL, a wait; to the child, and to all that is left ---- */

inline ladder_start(leftovers)
{
	climbing = true; due = true; killing = false; rung = 0; on_leftovers = leftovers
}

inline ladder_hurry()
{
	due = true
}

#define here_top (rung == 2 || (!on_leftovers && !stop_ladder && rung == 1) || (on_leftovers && !leftovers_ladder))

inline send_rung()
{
	killing = rung == 2;
	killed = (on_leftovers -> EVERYONE : CHILD);
	deliver(killed, (killing -> SIGKILL : SIGTERM))
}

/* True (`climbing`) while there is something to wait for. */
inline ladder_climb()
{
	if
	:: climbing && killing && killed == EVERYONE && !pid1 && !due -> send_all(SIGKILL) /* a sweep */
	:: else
	fi;
	do
	:: climbing && due ->
		if
		:: here_top -> climbing = false; top = top || on_leftovers || killing
		:: else ->
			rung++;
			due = !on_leftovers && !stop_ladder; /* the one rung of the habit has no wait */
			send_rung()
		fi
	:: else -> break
	od
}

/* ---- src/reap.c ---- */

inline note_end()
{
	child = false; stopped_by = false
}

inline note_childless()
{
	childless = true;
	if
	:: child && state[PROGRAM] == GONE -> child = false
	:: else
	fi
}

inline take(i)
{
	state[i] = GONE;
	if
	:: i == PROGRAM -> note_end()
	:: else
	fi
}

/* A crowd that was asked to end, but not killed. */
#define crowd_ends (phase == CLEARING && crowd && !child && !killing)

inline take_back()
{
	if
	:: by_kernel && !crowd_ends -> by_kernel = false
	:: else
	fi
}

inline reap_crowd()
{
	if
	:: !by_kernel && !rested && crowd_ends -> by_kernel = true; chld = false; owed = true; rested = true
	:: else
	fi
}

/* Whom the kernel had, and who are ours again: one more look. */
#define last_ones (by_kernel && phase == CLEARING && !crowd_ends)

#define have_children ((ours[PROGRAM] && exists(PROGRAM)) || (ours[WORKER] && exists(WORKER)) || (ours[SPAWN] && exists(SPAWN)))

/* One batch of one or more: the storm that outlasts a batch is `owed`. Whether they are a crowd is a matter of time spent: either. */
inline reap()
{
	atomic { owed = true; childless = false; failing = false; take_back() };
	do
	:: atomic { ours[PROGRAM] && state[PROGRAM] == ZOMBIE -> take(PROGRAM) }
	:: atomic { ours[WORKER] && state[WORKER] == ZOMBIE -> take(WORKER) }
	:: atomic { ours[SPAWN] && state[SPAWN] == ZOMBIE -> take(SPAWN) }
	:: atomic { unreported && state[PROGRAM] == STOPPED -> reap_look() }
	:: atomic { !have_children -> crowd = false; owed = last_ones; note_childless(); break }
	:: atomic { have_children && !ours_dead && !unreported -> crowd = false; owed = last_ones; break }
	:: atomic { have_children && !ours_dead && !unreported && !child && crowds && (by_kernel || !rested) -> crowd = true; owed = last_ones; break }
	:: atomic { mishaps -> mishaps--; break } /* the batch is full, or EINTR */
	od
}

/* ---- src/loop.c ---- */

inline stop()
{
	asked = (asked < 2 -> asked + 1 : asked);
	if
	:: asked > 1 && climbing -> ladder_hurry()
	:: else ->
		if
		:: !climbing && phase == LIVING -> ladder_start(false)
		:: else
		fi
	fi
}

inline drop()
{
	skip
}

inline forward(s)
{
	if
	:: s == SIGTERM ->
		asked = (asked < 2 -> asked + 1 : asked);
		if
		:: asked > 1 && climbing -> ladder_hurry()
		:: else
		fi
	:: else
	fi;
	/* deliver_on */
	if
	:: child || phase == LIVING -> deliver(CHILD, s)
	:: else
	fi
}

inline quit()
{
	if
	:: phase == CLEARING -> ladder_hurry()
	:: else -> phase = CLEARING; ladder_start(true)
	fi
}

inline react(s, verb)
{
	if
	:: verb == DROP -> drop()
	:: verb == STOP || verb == STOP_UNLESS_TAKEN -> stop()
	:: verb == QUIT -> quit()
	:: verb == FORWARD || verb == SUSPEND || verb == STOP_UNLESS_TAKEN -> /* of the last: either, as the program has it */
		forward(s);
		suspended = verb == SUSPEND && !pid1 /* as PID 1 the kernel spares us */
	fi
}

/* Takes in what has come: all at once by signalfd, one at a time without. */
inline attend()
{
	atomic {
		if
		:: chld || asked_term || sent_usr1 || owed || failing -> skip
		:: watched && !lives(CAME) -> skip
		:: climbing && !(endless && on_leftovers && rung == 1) -> due = true /* the wait is over */
		:: by_kernel && phase == CLEARING && (rests || all_dead) -> rests = (rests -> rests - 1 : 0) /* time for a look at a crowd */
		:: climbing && killing && !pid1 && sweeps -> sweeps-- /* time for a sweep */
		fi;
		do
		:: chld -> chld = false; if :: !signal_fd -> break :: else fi
		:: !chld && asked_term -> asked_term = false; react(SIGTERM, on_term); if :: !signal_fd -> break :: else fi
		:: !chld && !asked_term && sent_usr1 -> sent_usr1 = false; react(SIGUSR1, on_usr1); break
		:: else -> break
		od
	}
}

/* Whether nobody is in the namespace: kill(-1, 0) first, then /proc, then a pidfd of who is not ours. */
inline alone()
{
	watched = false;
	if
	:: all_gone -> is_alone = true
	:: else ->
		is_alone = all_dead;
		watched = lives(CAME) && !lives(PROGRAM) && !lives(WORKER) && !lives(SPAWN);
		failing = !is_alone && !watched
	fi
}

inline nobody_left()
{
	is_alone = childless;
	if
	:: childless && pid1 -> alone()
	:: else
	fi
}

inline give_up()
{
	if
	:: killed != EVERYONE && leftovers_ladder -> skip
	:: else -> phase = OVER
	fi
}

/* `hopeless`: climbs the stop ladder. */
inline hopeless()
{
	is_hopeless = climbing;
	if
	:: climbing -> ladder_climb(); is_hopeless = !climbing && killing
	:: else
	fi
}

inline live()
{
	is_alone = true;
	if
	:: lasts == UNTIL_ALL -> nobody_left()
	:: else
	fi;
	others = lasts == UNTIL_QUIT || !is_alone;
	if
	:: child || others -> hopeless()
	:: else -> is_hopeless = false
	fi;
	if
	:: (child || others) && !is_hopeless -> skip
	:: else ->
		phase = CLEARING;
		if
		:: child || others -> give_up()
		:: else
		fi;
		if
		:: phase == CLEARING -> ladder_start(true)
		:: else
		fi
	fi
}

inline clear()
{
	nobody_left();
	if
	:: is_alone -> phase = OVER
	:: else ->
		reap_crowd();
		ladder_climb();
		if
		:: climbing -> skip
		:: else -> phase = OVER
		fi
	fi
}

proctype loop()
{
	bool child = lasts != UNTIL_QUIT; /* not reaped yet */
	bool owed, failing, childless, stopped_by, stopped_news;
	bool crowd, rested;    /* many are left; and they were the kernel's once */
	bool watched;          /* a pidfd of CAME */
	bool climbing, due, killing;
	mtype:scope killed;    /* whom the last KILL meant */
	byte rung;
	bool on_leftovers;     /* which ladder it is */
	bool top;              /* one was climbed to its end */
	byte asked;
	byte mishaps = 1, sweeps = 1, rests = 1; /* so often at most, since time passes */
	bool is_alone, others, is_hopeless;
	byte to;

	do
	:: phase != OVER ->
		(!suspended); /* until somebody sends CONT */
end_asleep: /* while nothing is owed to anybody: `ends` and `reaps` see to that */
		attend();
		reap();
		atomic {
			assert(!by_kernel || !(child || killing)); /* whose pid matters keeps it until he is reaped */
			if
			:: stopped_news && by_tstp && stopped_by -> stopped_by = false; kernel_signal(PROGRAM, SIGCONT) /* terminal_stopped */
			:: else
			fi;
			stopped_news = false;
			if
			:: phase == LIVING -> live()
			:: else
			fi;
			if
			:: phase == CLEARING -> clear()
			:: else
			fi
		}
	:: else -> break
	od;
	/* It ends only where nobody is left, or where a ladder is at its end. */
	assert(all_dead || top || (lasts == UNTIL_CHILD && !leftovers_ladder));
	/* And leaves no zombie of its own, unless it was killed just now. */
	assert(!all_dead || !ours_dead || top || (lasts == UNTIL_CHILD && !leftovers_ladder))
}

/* ---- the others ---- */

inline kernel_reparent(i)
{
	if
	:: !ours[i] && i != CAME && exists(i) ->
		ours[i] = true;
		if
		:: state[i] == ZOMBIE && by_kernel -> state[i] = GONE
		:: state[i] == ZOMBIE && !by_kernel -> chld = true /* a fresh one */
		:: else
		fi
	:: else
	fi
}

inline kernel_exit(i)
{
	state[i] = ZOMBIE;
	if
	:: ours[i] && by_kernel -> state[i] = GONE
	:: ours[i] && !by_kernel -> chld = true
	:: else
	fi;
	if
	:: i == PROGRAM -> unreported = false; kernel_reparent(WORKER)
	:: i == WORKER -> kernel_reparent(SPAWN)
	:: i == CAME -> state[i] = GONE /* its parent outside waits for it */
	:: else
	fi
}

proctype process(byte i)
{
	bool has_stopped;

end_waits:
	do
	:: atomic { kills[i] && !undying[i] && lives(i) -> kernel_exit(i); break }
	:: atomic { state[i] == RUNS && term[i] && !stubborn[i] -> kernel_exit(i); break }
	:: atomic { state[i] == RUNS && usr1[i] -> usr1[i] = false }
	:: atomic { state[i] == RUNS && !stubborn[i] -> kernel_exit(i); break } /* of its own accord */
	:: atomic { i == PROGRAM && state[i] == RUNS && !has_stopped ->
		has_stopped = true; state[i] = STOPPED; unreported = true; chld = true;
		if
		:: by_tstp = true
		:: by_tstp = false
		fi }
	:: atomic { i == WORKER && bears && state[i] == RUNS && state[SPAWN] == NONE -> state[SPAWN] = RUNS; ours[SPAWN] = false; run process(SPAWN) }
	:: undying[i] && kills[i] -> break /* nothing comes of it any more */
	:: atomic { state[i] == RUNS && stubborn[i] && term[i] -> term[i] = false }
	od
}

inline either(what)
{
	if
	:: what = true
	:: what = false
	fi
}

/* Whoever runs foster: asks twice at most, sends USR1 once, and lets it go on where it has suspended itself. */
proctype host()
{
	byte asks;
	bool usr1_sent;

	if /* or it does not care */
	:: asks = 2
	:: asks = 1
	:: asks = 0
	fi;
	either(usr1_sent);

end_content:
	do
	:: atomic { asks < 2 -> asks++; asked_term = true }
	:: atomic { !usr1_sent -> usr1_sent = true; sent_usr1 = true }
	:: atomic { suspended -> suspended = false }
	:: phase == OVER -> break
	od
}

/* What is not given from outside (-D) is any of these. */
#ifndef ROOM
#define ROOM either(pid1)
#endif
#ifndef STOP_AS
#define STOP_AS either(stop_ladder)
#endif
#ifndef LEFTOVERS_AS
#define LEFTOVERS_AS either(leftovers_ladder)
#endif
#ifndef READS
#define READS either(signal_fd)
#endif
#ifndef CHARACTERS
#define CHARACTERS \
	either(stubborn[PROGRAM]); either(stubborn[WORKER]); if :: stubborn[WORKER] -> either(undying[WORKER]) :: else fi
#endif
#ifndef VISITOR
#define VISITOR if :: state[CAME] = RUNS :: skip fi
#endif
#ifndef ASK_AS
#define ASK_AS STOP
#endif
#ifndef CROWDS
#define CROWDS crowds = false
#endif
#ifndef WAITS
#define WAITS endless = false
#endif
#ifndef BEARS
#define BEARS bears = !pid1
#endif
#ifndef LASTS
#define LASTS if :: lasts = UNTIL_CHILD :: lasts = UNTIL_ALL :: lasts = UNTIL_QUIT fi
#endif
#ifndef USR1
#define USR1 if :: on_usr1 = FORWARD :: on_usr1 = SUSPEND :: on_usr1 = DROP fi
#endif

inline give_birth()
{
	ours[PROGRAM] = true;
	if
	:: lasts != UNTIL_QUIT -> state[PROGRAM] = RUNS
	:: else -> state[PROGRAM] = GONE
	fi;
	/* A worker is there already, or never. */
	if
	:: state[WORKER] = RUNS; ours[WORKER] = lasts == UNTIL_QUIT
	:: state[WORKER] = GONE; state[SPAWN] = GONE
	fi;
	state[CAME] = GONE;
	if
	:: pid1 -> VISITOR
	:: else
	fi
}

init
{
	atomic {
		ROOM;
		STOP_AS;
		LEFTOVERS_AS;
		READS;
		CHARACTERS;
		BEARS;
		CROWDS;
		WAITS;
		LASTS;
		USR1;
		on_term = (lasts == UNTIL_QUIT -> QUIT : (stop_ladder -> ASK_AS : FORWARD));
		give_birth();
		run loop();
		run host();
		if
		:: state[PROGRAM] == RUNS -> run process(PROGRAM)
		:: else
		fi;
		if
		:: state[WORKER] == RUNS -> run process(WORKER)
		:: else
		fi;
		if
		:: state[CAME] == RUNS -> run process(CAME)
		:: else
		fi
	}
}

/* ---- what is promised ---- */

/* Once all have ended it ends. */
ltl ends { [] (state[PROGRAM] != NONE && all_dead && lasts != UNTIL_QUIT -> <> (phase == OVER)) }

/* With a ladder for what is left over the program's end is ours, whoever resists. */
ltl leaves { [] (state[PROGRAM] == GONE && lasts == UNTIL_CHILD -> <> (phase == OVER)) }

/* A USR1 that is to be forwarded reaches a program that is there. */
ltl forwards { [] (sent_usr1 && on_usr1 != DROP -> <> (forwarded || !lives(PROGRAM))) }

/* No zombie of ours stays. */
ltl reaps { [] (ours_dead -> <> (!ours_dead || phase == OVER)) }

/* A stop ladder ends a program that can be ended. */
ltl stops { [] (asked_term && stop_ladder -> <> (!lives(PROGRAM) || phase == OVER)) }
