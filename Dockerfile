FROM python:3.11-slim
RUN useradd --create-home goilai
WORKDIR /srv/goilai
COPY requirements/run.txt requirements/run.txt
RUN pip install --no-cache-dir --no-deps --require-hashes --requirement requirements/run.txt
COPY --chown=goilai . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable . && mkdir -p var && chown goilai var
USER goilai
ENV HOST=0.0.0.0 PORT=8000
EXPOSE 8000
VOLUME /srv/goilai/var
CMD ["python", "-m", "scripts.serve"]
