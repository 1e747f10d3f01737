# One image for web, worker and beat. Build: docker compose build
FROM python:3.11-slim-bookworm
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/duban
COPY requirements.txt .
RUN pip install --require-hashes -r requirements.txt
COPY . .
# Catalogues and static files belong to the image; the key made here is thrown away with the folder it lies in. The settings keep files
# from strangers, static ones among them, so these are opened to the user that serves them.
RUN DUBAN_VAR=/tmp/build python manage.py compile_catalogues \
 && DUBAN_VAR=/tmp/build DUBAN_STATIC_ROOT=/srv/static python manage.py collectstatic --noinput --verbosity 0 \
 && chmod -R a+rX /srv/static \
 && rm -rf /tmp/build \
 && useradd --system --home-dir /srv/var --create-home duban
ENV DUBAN_VAR=/srv/var DUBAN_STATIC_ROOT=/srv/static
USER duban
EXPOSE 8000
CMD ["gunicorn", "-c", "config/web_server.py", "config.wsgi:application", "--bind", "0.0.0.0:8000"]
