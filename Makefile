.DEFAULT_GOAL := help
.PHONY: help demo check status down bench simulate chaos fuzz images compose-check format tidy analyze clean
MAKEFLAGS += --no-print-directory

help:
	@echo 'make demo      instala lo que falta, compila, arranca la pila y carga los datos de demostración'
	@echo 'make status    dice qué está arriba; termina en 0 si todo lo está'
	@echo 'make down      detiene la demostración y no deja ningún proceso; los datos quedan'
	@echo 'make check     instala lo que falta, compila con ASan y UBSan, y pasa todas las pruebas'
	@echo 'make bench     mide las etapas y la cadena (docs/performance.md); QUICK=1: en minutos; RIVALS=1: con sus rivales'
	@echo 'make simulate  simula RUNS corridas con fallas desde SEED (docs/reliability.md)'
	@echo 'make chaos     daña Kafka, PostgreSQL y los servicios durante SECONDS desde SEED (docs/reliability.md)'
	@echo 'make fuzz      da bytes hostiles a cada lector de lo ajeno; SECONDS=3600 en total (180 si no se dice)'
	@echo 'make images    construye las imágenes de los servicios, de la línea de órdenes y de Kafka'
	@echo 'make compose-check  arranca deploy/compose.yaml, carga la demostración y compara sus cifras con las de fuera'
	@echo 'make format    da formato al código (clang-format)'
	@echo 'make tidy      revisa el código (clang-tidy)'
	@echo 'make analyze   compila con el analizador de gcc'
	@echo 'make clean     detiene la demostración y borra build/ y var/'

demo:
	@deploy/demo.sh

check:
	@deploy/check.sh

status:
	@deploy/status.sh

down:
	@deploy/stack/stack.sh down var/demo

bench:
	@tests/bench/bench.sh

simulate:
	@deploy/simulate.sh

chaos:
	@deploy/chaos.sh $(SECONDS) $(SEED)

fuzz:
	@ABASTO_FUZZ_SECONDS="$(or $(SECONDS),180)" deploy/fuzz.sh

images:
	@deploy/containers/images.sh

compose-check:
	@deploy/containers/compose-check.sh

format:
	@deploy/install-dependencies.sh --tools
	@deploy/sources.sh | xargs clang-format -i

tidy:
	@deploy/install-dependencies.sh --tools
	@cmake --preset dev
	@cmake --build --preset dev
	@deploy/sources.sh '*.c' | xargs -P 2 -n 4 clang-tidy --quiet -p build/dev

analyze:
	@deploy/install-dependencies.sh
	@cmake --preset analyze
	@cmake --build --preset analyze

clean:
	@deploy/stack/stack.sh destroy var/demo
	@deploy/containers/clean.sh
	@rm -rf build var
